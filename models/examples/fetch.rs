//! Fetches the default weights and those of the groups that are named, and says what it does.
use colloquy_models::weights::fetch::{Places, fetch};
use colloquy_models::weights::manifest::Manifest;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let groups: Vec<String> = std::env::args().skip(1).collect();
    let groups: Vec<&str> = groups.iter().map(String::as_str).collect();
    let mut last = None;
    fetch(&Manifest::pinned()?, &Places::default(), &groups, &mut |progress| {
        if last != Some((progress.what.to_owned(), progress.step)) {
            eprintln!("{} {:?} {}/{}", progress.what, progress.step, progress.done, progress.total);
        }
        last = Some((progress.what.to_owned(), progress.step));
    })?;
    Ok(())
}
