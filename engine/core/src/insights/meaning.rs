//! Where a text stands in a space of meaning, small enough to be kept with it.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A unit vector in steps of 1/127: a cosine over 384 of them lies within 0.005 of the exact one, in a quarter of the room.
/// As JSON it is a string of two hexadecimal digits for each number.
#[derive(Clone, PartialEq, Eq)]
pub struct Meaning(Vec<i8>);

/// Steps from 0 to 1, before the vector is scaled to use them all.
const STEPS: f32 = 127.0;

impl Meaning {
    /// Keeps `vector`, whatever its length is.
    #[must_use]
    pub fn of(vector: &[f32]) -> Self {
        let most = vector.iter().fold(0.0f32, |most, x| most.max(x.abs()));
        let scale = if most > 0.0 { STEPS / most } else { 0.0 };
        Self(vector.iter().map(|x| (x * scale).round() as i8).collect())
    }

    /// The cosine with another one, in [-1, 1]; 0 where their spaces differ or one is empty.
    #[must_use]
    pub fn likeness(&self, other: &Self) -> f32 {
        if self.0.len() != other.0.len() {
            return 0.0;
        }
        let (mut dot, mut own, mut theirs) = (0i32, 0i32, 0i32);
        for (a, b) in self.0.iter().zip(&other.0) {
            let (a, b) = (i32::from(*a), i32::from(*b));
            dot += a * b;
            own += a * a;
            theirs += b * b;
        }
        let length = (own as f32).sqrt() * (theirs as f32).sqrt();
        if length > 0.0 { dot as f32 / length } else { 0.0 }
    }

    /// As a vector of length one.
    #[must_use]
    pub fn unit(&self) -> Vec<f32> {
        let length = self.0.iter().map(|x| f32::from(*x).powi(2)).sum::<f32>().sqrt();
        let scale = if length > 0.0 { 1.0 / length } else { 0.0 };
        self.0.iter().map(|x| f32::from(*x) * scale).collect()
    }
}

impl fmt::Debug for Meaning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // It says much of the text that it was made from.
        write!(f, "<{} numbers>", self.0.len())
    }
}

impl Serialize for Meaning {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut hex = String::with_capacity(self.0.len() * 2);
        for number in &self.0 {
            let byte = number.to_ne_bytes()[0];
            hex.push(char::from(DIGITS[usize::from(byte >> 4)]));
            hex.push(char::from(DIGITS[usize::from(byte & 15)]));
        }
        to.serialize_str(&hex)
    }
}

impl<'de> Deserialize<'de> for Meaning {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let hex = String::deserialize(from)?;
        let digit = |c: u8| char::from(c).to_digit(16).and_then(|d| u8::try_from(d).ok());
        let numbers = hex.as_bytes().chunks(2).map(|pair| match *pair {
            [high, low] => Some(i8::from_ne_bytes([digit(high)? << 4 | digit(low)?])),
            _ => None,
        });
        let numbers: Option<Vec<i8>> = numbers.collect();
        numbers
            .map(Self)
            .ok_or_else(|| de::Error::custom("not two hexadecimal digits for each number"))
    }
}

#[cfg(test)]
mod tests {
    use super::Meaning;

    #[test]
    fn likeness_survives_the_steps_and_the_way_through_json() {
        let wave = |by: f32| -> Vec<f32> { (0..384).map(|n| (n as f32 * by).sin() / 14.0).collect() };
        let (a, b) = (wave(0.31), wave(0.33));
        let length = |v: &[f32]| v.iter().map(|x| x * x).sum::<f32>().sqrt();
        let exact = a.iter().zip(&b).map(|(x, y)| x * y).sum::<f32>() / length(&a) / length(&b);
        let (a, b) = (Meaning::of(&a), Meaning::of(&b));
        assert!((a.likeness(&b) - exact).abs() < 5e-3);
        assert!((length(&a.unit()) - 1.0).abs() < 1e-4);
        let json = serde_json::to_string(&a).unwrap();
        assert_eq!(json.len(), 2 * 384 + 2);
        assert_eq!(serde_json::from_str::<Meaning>(&json).unwrap(), a);
        for broken in ["\"abc\"", "\"zz\"", "7"] {
            assert!(serde_json::from_str::<Meaning>(broken).is_err(), "{broken}");
        }
    }

    #[test]
    fn strangers_and_nothings_have_no_likeness() {
        let one = Meaning::of(&[1.0, 0.0]);
        assert_eq!(one.likeness(&Meaning::of(&[0.0, 1.0, 0.0])), 0.0);
        assert_eq!(one.likeness(&Meaning::of(&[0.0, 0.0])), 0.0);
        assert!((one.likeness(&Meaning::of(&[5.0, 0.0])) - 1.0).abs() < 1e-6);
    }
}
