// TypeScript types of the admin's API, made from its description: src/wire/openapi.json, which the server's own test keeps.
// `node scripts/api_types.mjs` writes src/wire/api_types.ts; with --check it fails where that file differs. The generators
// that there are need the compiler's old programming interface, which TypeScript 7 does not have.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(`../src/wire/${path}`, import.meta.url));
const PREFIX = '/api/v1';
const METHODS = ['get', 'put', 'post', 'delete', 'patch'];

const quoted = (text) => `'${String(text).replace(/[\\']/g, '\\$&')}'`;
const comment = (text, indent) => (text ? `${indent}/** ${text.replace(/\s+/g, ' ').replace(/\*\//g, '* /').trim()} */\n` : '');
const key = (name) => (/^\w+$/.test(name) ? name : quoted(name));

/** One type. What the description leaves open is `unknown`. */
function type(schema, indent = '') {
  if (!schema || schema === true) return 'unknown';
  if (schema.$ref) return schema.$ref.split('/').at(-1);
  if (schema.enum) return schema.enum.map((value) => (value === null ? 'null' : quoted(value))).join(' | ');
  if (schema.const !== undefined) return quoted(schema.const);
  if (schema.allOf) return schema.allOf.map((part) => type(part, indent)).join(' & ');
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices) return choices.map((choice) => type(choice, indent)).join(' | ');
  const kinds = [schema.type ?? 'unknown'].flat();
  return kinds.map((kind) => one(kind, schema, indent)).join(' | ');
}

function one(kind, schema, indent) {
  switch (kind) {
    case 'integer':
      return 'number';
    case 'array': {
      const item = type(schema.items, indent);
      return /[|&]/.test(item) ? `(${item})[]` : `${item}[]`;
    }
    case 'object':
      return object(schema, indent);
    default:
      return kind;
  }
}

function object(schema, indent) {
  const properties = Object.entries(schema.properties ?? {});
  if (properties.length === 0) {
    return schema.additionalProperties ? `Record<string, ${type(schema.additionalProperties, indent)}>` : 'Record<string, unknown>';
  }
  const inner = `${indent}  `;
  const lines = properties.map(([name, property]) => {
    const optional = schema.required?.includes(name) ? '' : '?';
    return `${comment(property.description, inner)}${inner}${key(name)}${optional}: ${type(property, inner)};\n`;
  });
  return `{\n${lines.join('')}${indent}}`;
}

/** What a request is sent with, and what answers it. */
function route(operation, shared) {
  const parameters = [...shared, ...(operation.parameters ?? [])];
  const of = (place) => {
    const found = parameters.filter((parameter) => parameter.in === place);
    if (found.length === 0) return 'undefined';
    const fields = found.map(({ name, required, schema }) => `${key(name)}${required ? '' : '?'}: ${type(schema)}`);
    return `{ ${fields.join('; ')} }`;
  };
  const body = Object.entries(operation.requestBody?.content ?? {}).map(([kind, content]) =>
    kind.includes('json') ? type(content.schema) : 'Blob',
  );
  const answers = Object.entries(operation.responses).filter(([status]) => status.startsWith('2'));
  const answer = answers.map(([, { content }]) => {
    const [kind, inside] = Object.entries(content ?? {})[0] ?? [];
    return !kind ? 'undefined' : kind.includes('json') ? type(inside.schema) : 'string';
  });
  return [
    ['path', of('path')],
    ['query', of('query')],
    ['headers', of('header')],
    ['body', body.join(' | ') || 'undefined'],
    ['answer', [...new Set(answer)].join(' | ') || 'undefined'],
  ];
}

function typescript(described) {
  const schemas = Object.entries(described.components.schemas).sort(([a], [b]) => (a < b ? -1 : 1));
  const types = schemas.map(([name, schema]) => `${comment(schema.description, '')}export type ${name} = ${type(schema)};\n`);
  const routes = Object.entries(described.paths)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([path, item]) =>
      METHODS.filter((method) => item[method]).map((method) => {
        const fields = route(item[method], item.parameters ?? []).map(([name, shape]) => `    ${name}: ${shape};\n`);
        const name = `${method.toUpperCase()} ${path.replace(PREFIX, '')}`;
        return `${comment(item[method].summary, '  ')}  ${quoted(name)}: {\n${fields.join('')}  };\n`;
      }),
    );
  return [
    '/** Made from openapi.json by scripts/api_types.mjs; not to be edited. */\n',
    ...types,
    `/** Every request under ${PREFIX}: what it takes, and what it answers. */\nexport interface Routes {\n${routes.join('')}}\n`,
  ].join('\n');
}

const made = typescript(JSON.parse(readFileSync(here('openapi.json'), 'utf8')));
if (process.argv.includes('--check')) {
  if (readFileSync(here('api_types.ts'), 'utf8') !== made) {
    console.error('src/wire/api_types.ts differs from src/wire/openapi.json: npm run types');
    process.exit(1);
  }
} else {
  writeFileSync(here('api_types.ts'), made);
}
