//! A language model over HTTP that answers as a script says, or breaks off, stalls, refuses and never ends.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// What it does with a request.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// Answers these words.
    Say(String),
    /// Sends this in the place of an answer.
    Send(String),
    /// Answers with this HTTP status.
    Refuse(u16),
    /// Takes the request, and says nothing.
    Stall,
    /// Sends spaces for as long as somebody reads.
    Endless,
    /// Drops the connection in the middle of an answer.
    BreakOff,
}

type Script = dyn Fn(&Value) -> Act + Send + Sync;

/// A running server; it dies when dropped.
pub(crate) struct ScriptedModel {
    /// What an OpenAI-compatible client is told.
    pub(crate) base_url: String,
    asked: Arc<Mutex<Vec<Value>>>,
    at_work: JoinHandle<()>,
}

impl ScriptedModel {
    /// Listens on a free port of this machine. `script` is told each request's body.
    pub(crate) async fn start(script: impl Fn(&Value) -> Act + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}/v1", listener.local_addr().unwrap());
        let asked: Arc<Mutex<Vec<Value>>> = Arc::default();
        let (script, notes): (Arc<Script>, _) = (Arc::new(script), Arc::clone(&asked));
        let at_work = tokio::spawn(async move {
            // They end with the server.
            let mut lines = JoinSet::new();
            loop {
                let (line, _) = listener.accept().await.unwrap();
                let (script, notes) = (Arc::clone(&script), Arc::clone(&notes));
                lines.spawn(async move {
                    // Whoever hangs up wants no answer.
                    let _gone = answer(line, &*script, &notes).await;
                });
            }
        });
        Self {
            base_url,
            asked,
            at_work,
        }
    }

    /// The bodies of all requests so far.
    pub(crate) fn asked(&self) -> Vec<Value> {
        self.asked.lock().unwrap().clone()
    }
}

impl Drop for ScriptedModel {
    fn drop(&mut self) {
        self.at_work.abort();
    }
}

async fn answer(line: TcpStream, script: &Script, notes: &Mutex<Vec<Value>>) -> std::io::Result<()> {
    let mut line = BufReader::new(line);
    let (mut length, mut header) = (0, String::new());
    loop {
        header.clear();
        line.read_line(&mut header).await?;
        if let Some((name, value)) = header.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().unwrap();
        }
        if header.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    line.read_exact(&mut body).await?;
    let request: Value = serde_json::from_slice(&body).unwrap();
    let act = script(&request);
    notes.lock().unwrap().push(request);
    let (status, body) = match act {
        Act::Say(words) => (
            200,
            json!({"choices": [{"message": {"role": "assistant", "content": words}}]}).to_string(),
        ),
        Act::Send(body) => (200, body),
        Act::Refuse(status) => (status, json!({"error": {"message": "by the script"}}).to_string()),
        Act::Stall => std::future::pending().await,
        Act::Endless => {
            line.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n").await?;
            loop {
                line.write_all(&[b' '; 4_096]).await?;
            }
        }
        Act::BreakOff => {
            return line
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n{\"choices\": [{\"mess")
                .await;
        }
    };
    let head = format!(
        "HTTP/1.1 {status} -\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    line.write_all(head.as_bytes()).await?;
    line.write_all(body.as_bytes()).await
}
