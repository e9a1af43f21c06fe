//! Checks of request bodies against LINE's official OpenAPI file.

use std::collections::HashMap;
use std::path::Path;
use std::{fs, io};

use jsonschema::Validator;
use serde_json::{json, Map, Value};

use crate::answer::{Answer, Detail};
use crate::Endpoint;

const FILE: &str = "messaging-api.yml";
const REQUESTS: [(Endpoint, &str); 5] = [
    (Endpoint::Push, "PushMessageRequest"),
    (Endpoint::Multicast, "MulticastRequest"),
    (Endpoint::Broadcast, "BroadcastRequest"),
    (Endpoint::Reply, "ReplyMessageRequest"),
    (Endpoint::CreateCoupon, "CouponCreateRequest"),
];
const PREFIX: &str = "#/components/schemas/";
/// Marks the schema that dispatches to the concrete schemas of a polymorphic one.
const DISPATCH: &str = ".dispatch";

/// One compiled validator per request body.
pub(crate) struct Schema {
    validators: HashMap<Endpoint, Validator>,
}

impl Schema {
    pub(crate) fn load(folder: &Path) -> io::Result<Self> {
        let text = fs::read_to_string(folder.join(FILE))?;
        // As in YAML 1.2, `y` is a string: the file has properties of this name.
        let yaml = serde_saphyr::options! { strict_booleans: true };
        let mut api: Value = serde_saphyr::from_str_with_options(&text, yaml).map_err(io::Error::other)?;
        let Value::Object(schemas) = api["components"]["schemas"].take() else {
            return Err(io::Error::other(format!("{FILE} has no schemas")));
        };
        let schemas = resolve_discriminators(schemas);
        let validators = REQUESTS
            .into_iter()
            .map(|(endpoint, name)| Ok((endpoint, compile(&schemas, name)?)))
            .collect::<io::Result<_>>()?;
        Ok(Self { validators })
    }

    pub(crate) fn check(&self, endpoint: Endpoint, body: &Value) -> Result<(), Answer> {
        let Some(validator) = self.validators.get(&endpoint) else {
            return Ok(());
        };
        let details: Vec<_> = validator
            .iter_errors(body)
            .map(|error| {
                let property = property_path(error.instance_path().as_str());
                Detail::new(property, error.masked().to_string())
            })
            .collect();
        if details.is_empty() {
            Ok(())
        } else {
            Err(Answer::bad_body(&details))
        }
    }
}

fn compile(schemas: &Map<String, Value>, name: &str) -> io::Result<Validator> {
    let root = json!({
        "$ref": format!("{PREFIX}{name}"),
        "components": { "schemas": schemas },
    });
    jsonschema::draft202012::options()
        .should_validate_formats(true)
        .build(&root)
        .map_err(|error| io::Error::other(format!("{FILE}, {name}: {error}")))
}

/// JSON Schema doesn't know OpenAPI's discriminators. In LINE's file a polymorphic schema `Message`
/// lists its concrete schemas, and each of these includes `Message` again by `allOf`. So a reference
/// from such an `allOf` stays as it is, and every other one is led to `Message.dispatch`, which
/// chooses the concrete schema by the value of the discriminator.
fn resolve_discriminators(mut schemas: Map<String, Value>) -> Map<String, Value> {
    let dispatches: Map<String, Value> =
        schemas.iter().filter_map(|(name, schema)| Some((format!("{name}{DISPATCH}"), dispatch(schema)?))).collect();
    for schema in schemas.values_mut() {
        for (keyword, value) in schema.as_object_mut().into_iter().flatten() {
            match (keyword.as_str(), value) {
                ("allOf", Value::Array(parts)) => parts
                    .iter_mut()
                    .filter(|part| part.get("$ref").is_none())
                    .for_each(|part| redirect(part, &dispatches)),
                (_, value) => redirect(value, &dispatches),
            }
        }
    }
    schemas.extend(dispatches);
    schemas
}

fn dispatch(schema: &Value) -> Option<Value> {
    let discriminator = schema.get("discriminator")?;
    let property = discriminator["propertyName"].as_str()?;
    let mapping = discriminator["mapping"].as_object()?;
    let cases: Vec<_> = mapping
        .iter()
        .map(|(value, target)| {
            json!({
                "if": { "properties": { property: { "const": value } }, "required": [property] },
                "then": { "$ref": target },
            })
        })
        .collect();
    Some(json!({
        "type": "object",
        "required": [property],
        "properties": { property: { "enum": mapping.keys().collect::<Vec<_>>() } },
        "allOf": cases,
    }))
}

fn redirect(schema: &mut Value, dispatches: &Map<String, Value>) {
    match schema {
        Value::Object(keywords) => {
            for (keyword, value) in keywords {
                match value {
                    Value::String(target) if keyword == "$ref" => {
                        let polymorphic = target
                            .strip_prefix(PREFIX)
                            .is_some_and(|name| dispatches.contains_key(&(name.to_owned() + DISPATCH)));
                        if polymorphic {
                            target.push_str(DISPATCH);
                        }
                    }
                    value => redirect(value, dispatches),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| redirect(item, dispatches)),
        _ => {}
    }
}

/// From `/messages/0/text` to LINE's `messages[0].text`.
fn property_path(pointer: &str) -> String {
    let mut path = String::new();
    for step in pointer.split('/').skip(1) {
        if step.bytes().all(|byte| byte.is_ascii_digit()) {
            path.push_str(&format!("[{step}]"));
        } else {
            if !path.is_empty() {
                path.push('.');
            }
            path.push_str(step);
        }
    }
    path
}
