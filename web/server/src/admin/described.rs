//! What the API's description says of all operations alike: how one is known, and which problems any of them may have.

use std::mem::take;

use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{OpenApi as Document, Ref, RefOr};
use utoipa::{OpenApi, PartialSchema, ToSchema};

use super::caller::COOKIE;
use super::problem::{CONTENT_TYPE, Problem};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Colloquy",
        description = "Sessions, and who works with them. Errors are problem details (RFC 9457) whose `code` is for programs. \
            Browsers sign in by cookie; programs send an API token as `Authorization: Bearer cqy_…`. An address answers 405 \
            `method_not_allowed` to methods that it does not have, and says in `Allow` which it has."
    ),
    security(("login" = []), ("token" = []))
)]
pub(super) struct Described;

/// What a body may be refused for before anything is read in it.
const OF_BODIES: [(&str, &str); 2] = [("413", "`body_too_large`"), ("415", "`not_json`")];

/// Adds what all operations have alike.
pub(super) fn complete(document: &mut Document) {
    let components = document.components.get_or_insert_default();
    let cookie = ApiKey::Cookie(ApiKeyValue::new(COOKIE));
    components.add_security_scheme("login", SecurityScheme::ApiKey(cookie));
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
    components.add_security_scheme("token", SecurityScheme::Http(bearer));
    components
        .schemas
        .insert(Problem::name().into_owned(), Problem::schema());
    let refused = problem("`method_not_allowed`");
    components
        .responses
        .insert("MethodNotAllowed".to_owned(), refused.into());
    for operation in document.paths.paths.values_mut().flat_map(operations) {
        if operation.request_body.is_some() {
            for (status, code) in OF_BODIES {
                let known = operation.responses.responses.entry(status.to_owned());
                known.or_insert_with(|| problem(code).into());
            }
        }
        for (status, response) in &mut operation.responses.responses {
            if let (false, RefOr::T(response)) = (status.starts_with('2'), response) {
                response.content = take(&mut response.content)
                    .into_values()
                    .map(|content| (CONTENT_TYPE.to_owned(), content))
                    .collect();
            }
        }
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem {
        get,
        put,
        post,
        delete,
        patch,
        ..
    } = item;
    [get, put, post, delete, patch].into_iter().flatten()
}

fn problem(description: &str) -> Response {
    let schema = Ref::from_schema_name(Problem::name());
    ResponseBuilder::new()
        .description(description)
        .content(CONTENT_TYPE, ContentBuilder::new().schema(Some(schema)).build())
        .build()
}
