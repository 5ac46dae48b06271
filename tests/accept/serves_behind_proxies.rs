//! The README's words for Caddy and nginx are what both are started with here: a spoken interview is held through each of
//! them over HTTPS, and the server knows who asks.

use std::net::{IpAddr, TcpListener};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use colloquy::client::{Link, Trust};
use colloquy_store::testing::Database;
use colloquy_tests::clips::clips;
use colloquy_tests::server::{Server, ServerOptions};
use colloquy_tests::study::Study;
use colloquy_tests::talker::{Answers, Talker};
use tempfile::TempDir;
use tokio::process::{Child, Command};

const README: &str = include_str!("../../README.md");
/// What the README calls the server.
const NAME: &str = "interviews.example.com";
/// Where the README has it behind the proxy.
const BEHIND: &str = "127.0.0.1:8080";
const UP_WITHIN: Duration = Duration::from_secs(20);

/// The README's next block of code after `words`.
fn readme_block(words: &str) -> &'static str {
    let after = README.split_once(words).map(|(_, after)| after);
    let block = after
        .and_then(|after| after.split_once("\n```"))
        .map(|(_, block)| block);
    let block = block.and_then(|block| block.split_once('\n')).map(|(_, block)| block);
    let block = block.and_then(|block| block.split_once("```")).map(|(block, _)| block);
    block.unwrap_or_else(|| panic!("the README has no block of code after {words:?}"))
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// A proxy that runs, in a folder of its own; it dies when dropped.
struct Proxy {
    folder: TempDir,
    port: u16,
    _child: Child,
}

impl Proxy {
    fn start(program: &str, arguments: &[&str], folder: TempDir, port: u16, config: &str) -> Self {
        std::fs::write(folder.path().join("config"), config).unwrap();
        let child = Command::new(program)
            .args(arguments)
            .current_dir(folder.path())
            .env("HOME", folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(folder.path().join("log")).unwrap())
            .kill_on_drop(true)
            .spawn();
        Self {
            _child: child.unwrap_or_else(|e| panic!("{program}: {e}; `apt-get install {program}` installs it")),
            folder,
            port,
        }
    }

    /// Waits until the server answers through it to somebody at `from`, who believes the certificate in `authority`.
    async fn up(&self, authority: &Path, from: IpAddr) -> reqwest::Client {
        let up = async {
            loop {
                if let Ok(tls) = Trust::File(authority.to_owned()).client() {
                    let client = reqwest::Client::builder()
                        .tls_backend_preconfigured(tls)
                        .local_address(from);
                    let client = client.build().unwrap();
                    let answer = client.get(format!("{}/healthz", self.url())).send().await;
                    if answer.is_ok_and(|answer| answer.status() == 200) {
                        return client;
                    }
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let log = || std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        let up = tokio::time::timeout(UP_WITHIN, up).await;
        up.unwrap_or_else(|_| panic!("the proxy does not come up:\n{}", log()))
    }

    fn url(&self) -> String {
        format!("https://localhost:{}", self.port)
    }
}

/// nginx as the README has it, with a certificate for this machine.
fn nginx(server: &Server, authority: &Path, key: &Path) -> Proxy {
    let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
    let site = readme_block("\nnginx; ");
    let site = site
        .replace("listen 443 ssl", &format!("listen 127.0.0.1:{port} ssl"))
        .replace(
            &format!("/etc/letsencrypt/live/{NAME}/fullchain.pem"),
            &authority.display().to_string(),
        )
        .replace(
            &format!("/etc/letsencrypt/live/{NAME}/privkey.pem"),
            &key.display().to_string(),
        )
        .replace(BEHIND, &server.address().to_string())
        .replace(NAME, "localhost");
    let at = folder.path().display();
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("{kind}_temp_path {at}/{kind};\n"))
        .concat();
    let config = format!(
        "daemon off; master_process off; pid {at}/pid; error_log stderr;\n\
         events {{}}\nhttp {{ access_log off;\n{temporary}{site}}}\n"
    );
    let place = folder.path().join("config").display().to_string();
    Proxy::start("nginx", &["-c", &place, "-e", "stderr"], folder, port, &config)
}

/// Caddy as the README has it, which makes a certificate for `localhost` by itself.
fn caddy(server: &Server) -> Proxy {
    let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
    let site = readme_block("\nCaddy, which ")
        .replace(NAME, &format!("localhost:{port}"))
        .replace(BEHIND, &server.address().to_string());
    let at = folder.path().display();
    let alone = "admin off\nauto_https disable_redirects\nskip_install_trust";
    let config = format!("{{\n{alone}\nstorage file_system {at}/caddy\n}}\n{site}");
    Proxy::start(
        "caddy",
        &["run", "--config", "config", "--adapter", "caddyfile"],
        folder,
        port,
        &config,
    )
}

/// Where Caddy keeps whom to believe.
fn of_caddy(proxy: &Proxy) -> std::path::PathBuf {
    proxy.folder.path().join("caddy/pki/authorities/local/root.crt")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interview_is_held_through_nginx_and_caddy_as_the_readme_sets_them_up() {
    let database = Database::sqlite().await;
    let study = Study::open(database.store(), 8, 3).await;
    let server = Server::start(
        ServerOptions::on(database.url())
            .with("COLLOQUY_TRUSTED_PROXIES", "127.0.0.1")
            .with("COLLOQUY_LOG", "info,colloquy=debug,tower_http=debug")
            .with("NO_COLOR", 1),
    )
    .await;
    let keys = tempfile::tempdir().unwrap();
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (certificate, key) = (keys.path().join("certificate.pem"), keys.path().join("key.pem"));
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();

    let nginx = nginx(&server, &certificate, &key);
    let caddy = caddy(&server);
    let caddys = of_caddy(&caddy);
    for (name, proxy, authority, from) in [
        ("nginx", &nginx, &certificate, "127.0.0.5"),
        ("caddy", &caddy, &caddys, "127.0.0.6"),
    ] {
        let client = proxy.up(authority, from.parse().unwrap()).await;
        let guest = study.invite(name).await;
        let page = format!("{}/i/{}", proxy.url(), guest.token);
        let got = client.get(&page).send().await.unwrap();
        assert_eq!(got.status(), 200, "{name}");
        assert!(got.text().await.unwrap().contains("<html"), "{name}");
        assert!(
            server.log().contains(&format!("client={from}")),
            "{name} does not say who asks"
        );

        // The first questions of an interview, spoken both ways.
        let link = Link::parse(&page).unwrap();
        let trust = Trust::File(authority.clone());
        let mut talker = Talker::join_trusting(&link, Answers::Spoken(clips("short")), &trust).await;
        talker.until_responses(3, Duration::from_secs(120)).await;
        assert!(
            talker.responses().iter().all(|response| !response.sound.is_zero()),
            "{name}"
        );
        assert!(talker.errors().is_empty(), "{name}: {:?}", talker.errors());
        talker.leave().await;
    }
    database.remove().await;
}
