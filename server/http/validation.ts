import { Ajv } from 'ajv';
import type { FastifySchemaCompiler } from 'fastify';
import { VantError } from '../../wire/errors.ts';

/** Checks requests against the contract. Path parameters are texts, so numbers in them are converted; bodies are taken as they are. */
export function createValidatorCompiler(): FastifySchemaCompiler<object> {
  const ofBodies = new Ajv({ allErrors: false, strict: false });
  const ofParams = new Ajv({ allErrors: false, strict: false, coerceTypes: true });
  return ({ schema, httpPart }) => {
    const validate = (httpPart === 'body' ? ofBodies : ofParams).compile(schema);
    return (data: unknown) => {
      if (validate(data)) return { value: data };
      const [first] = validate.errors ?? [];
      const where = `${httpPart ?? 'request'}${first?.instancePath ?? ''}`;
      const extra = first?.keyword === 'additionalProperties' ? ` (${String(first.params['additionalProperty'])})` : '';
      return { error: new VantError('BAD_REQUEST', `At ${where}: ${first?.message ?? 'invalid'}${extra}.`) };
    };
  };
}
