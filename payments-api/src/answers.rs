//! What requests are answered, as it is stored and given again.

use api_types::{FieldError, JsonText};
use serde::{Deserialize, Serialize};
use service::{EntityTag, Problem, RawJson};

use crate::refusal::Refusal;

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Success {
    /// Where it is, if something came to be.
    pub(crate) location: Option<String>,
    /// Its version as an entity tag, if it is changed by version.
    pub(crate) etag: Option<String>,
    /// The answer's body: JSON.
    pub(crate) body: JsonText,
}

impl Success {
    /// Something that came to be at a place.
    ///
    /// # Errors
    /// It cannot be written as JSON, which would be our fault.
    pub(crate) fn at(location: String, shown: &impl Serialize) -> Result<Self, String> {
        Ok(Self {
            location: Some(location),
            ..Self::showing(shown)?
        })
    }

    /// Something as it is now, at a version.
    ///
    /// # Errors
    /// As [`at`](Self::at).
    pub(crate) fn tagged(etag: &EntityTag, shown: &impl Serialize) -> Result<Self, String> {
        Ok(Self {
            etag: Some(etag.to_string()),
            ..Self::showing(shown)?
        })
    }

    /// Something as it is now.
    ///
    /// # Errors
    /// As [`at`](Self::at).
    pub(crate) fn showing(shown: &impl Serialize) -> Result<Self, String> {
        let body = JsonText::of(shown).map_err(|error| error.to_string())?;
        Ok(Self {
            location: None,
            etag: None,
            body,
        })
    }
}

/// A business answer: done, or refused.
pub(crate) type Answer = Result<Success, Refusal>;

/// An answer, and whether it was given before.
#[derive(Debug, Clone)]
pub(crate) struct Answered {
    pub(crate) answer: Answer,
    pub(crate) replayed: bool,
}

/// The header that tells an answer that is given again.
pub(crate) const REPLAYED: &str = "idempotency-replayed";

/// A success on its way out: the body, where it is, its version, and `true` if it is given again.
pub(crate) struct Reply<S> {
    pub(crate) body: RawJson<S>,
    pub(crate) location: String,
    pub(crate) etag: String,
    pub(crate) replayed: Option<bool>,
}

impl Answered {
    /// As it is answered.
    ///
    /// # Errors
    /// The refusal.
    pub(crate) fn reply<S>(self) -> Result<Reply<S>, Problem> {
        let replayed = self.replayed.then_some(true);
        match self.answer {
            Ok(success) => Ok(Reply {
                body: RawJson::from_text(success.body.text().to_owned()),
                location: success.location.unwrap_or_default(),
                etag: success.etag.unwrap_or_default(),
                replayed,
            }),
            Err(refusal) => {
                let problem = refusal.to_problem();
                Err(if self.replayed {
                    let (name, yes) = (
                        poem::http::HeaderName::from_static(REPLAYED),
                        poem::http::HeaderValue::from_static("true"),
                    );
                    problem.with_header(name, yes)
                } else {
                    problem
                })
            }
        }
    }
}

/// An answer as it is stored. Members may be added, never renamed.
#[derive(Serialize, Deserialize)]
struct Written {
    location: Option<String>,
    etag: Option<String>,
    body: Option<JsonText>,
    refusal: Option<WrittenRefusal>,
}

#[derive(Serialize, Deserialize)]
struct WrittenRefusal {
    code: String,
    detail: String,
    errors: Vec<FieldError>,
}

/// Writes an answer, to be stored.
///
/// # Errors
/// It cannot be written as JSON, which would be our fault.
pub(crate) fn write(answer: &Answer) -> Result<String, String> {
    let written = match answer {
        Ok(success) => Written {
            location: success.location.clone(),
            etag: success.etag.clone(),
            body: Some(success.body.clone()),
            refusal: None,
        },
        Err(refusal) => Written {
            location: None,
            etag: None,
            body: None,
            refusal: Some(WrittenRefusal {
                code: refusal.code().to_owned(),
                detail: refusal.detail.clone(),
                errors: refusal.errors.clone(),
            }),
        },
    };
    serde_json::to_string(&written).map_err(|error| error.to_string())
}

/// Reads an answer that was stored.
///
/// # Errors
/// It is none.
pub(crate) fn read(text: &str) -> Result<Answer, String> {
    let written: Written = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let Written {
        location,
        etag,
        body,
        refusal,
    } = written;
    match (body, refusal) {
        (Some(body), None) => Ok(Ok(Success { location, etag, body })),
        (None, Some(WrittenRefusal { code, detail, errors })) => {
            let known = Refusal::known(&code, detail).ok_or_else(|| format!("{code} is no known code"));
            known.map(|refusal| Err(refusal.with_errors(errors)))
        }
        (Some(_), Some(_)) | (None, None) => Err("it is neither a success nor a refusal".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_the_same() {
        let body = JsonText::new(r#"{"amount" : 1.20e1}"#.to_owned()).unwrap();
        let success = Success {
            location: Some("/api/v1/transfers/1".to_owned()),
            etag: Some("\"1\"".to_owned()),
            body,
        };
        let refusal = Refusal::of("insufficient_funds", "There is too little.").at("/amount");
        for answer in [Ok(success), Err(refusal)] {
            assert_eq!(read(&write(&answer).unwrap()).unwrap(), answer);
        }
        assert!(read("{}").is_err());
        assert!(read(r#"{"refusal":{"code":"unheard_of","detail":"","errors":[]}}"#).is_err());
    }
}
