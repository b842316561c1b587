//! The routine's own status convention, as a `Result`.

use crate::exception::Exception;
use crate::module::Answer;

/// How a routine succeeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// Without remark.
    Ok,
    /// With a valid answer and a warning: its code is kept.
    Warning(i64),
}

/// The routine's own error code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the routine failed with code {0}")]
pub struct Failure(pub i64);

/// Why a call of legacy code has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CallError {
    /// The routine said so.
    #[error(transparent)]
    Failure(#[from] Failure),
    /// It raised an exception.
    #[error(transparent)]
    Exception(#[from] Exception),
    /// A closure that the routine called back panicked, or could not be called.
    #[error("what the routine called back panicked: {0}")]
    Callback(String),
}

/// The status code of a result and what to tell the agent.
///
/// # Panics
/// When the code does not fit in the routine's status type; generated code calls this inside [`super::guarded`].
#[inline]
pub fn code<I: TryFrom<i64>>(result: Result<Done, Failure>, ok: I) -> (I, Answer) {
    let code = match result {
        Ok(Done::Ok) => return (ok, Answer::ANSWERED),
        Ok(Done::Warning(code)) | Err(Failure(code)) => code,
    };
    match I::try_from(code) {
        Ok(code) => (code, Answer::STATUS),
        Err(_) => panic!("status code {code} does not fit in the routine's status"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_keep_warnings_and_errors() {
        assert_eq!(code(Ok(Done::Ok), 7_i32), (7, Answer::ANSWERED));
        assert_eq!(code(Ok(Done::Warning(2)), 0_i32), (2, Answer::STATUS));
        assert_eq!(code(Err(Failure(-3)), 0_i16), (-3, Answer::STATUS));
    }

    #[test]
    #[should_panic(expected = "does not fit")]
    fn a_code_is_never_truncated() {
        code(Err(Failure(1 << 32)), 0_i32);
    }
}
