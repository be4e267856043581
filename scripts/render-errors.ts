import { ERRORS, type ErrorCode } from '../wire/errors.ts';
import { REMEDIES } from '../wire/remedies.ts';

/** docs/errors.md: the error table for people. */
export function renderErrors(): string {
  const rows = Object.entries(ERRORS)
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([code, { status, closeCode, retryable, message }]) => {
      const retry = retryable ? 'yes' : 'no';
      return `| <a id="${code.toLowerCase()}"></a>\`${code}\` | ${status} | ${closeCode ?? '–'} | ${retry} | ${message} | ${REMEDIES[code as ErrorCode]} |`;
    });
  return `<!-- Made from wire/errors.ts and wire/remedies.ts by \`npm run generate\`. Change those instead. -->

# Errors

One table for HTTP, frames and close codes. Over HTTP the status comes with the body
\`{ code, message, remedy, detail?, retryAfterMs?, requestId }\`; in a \`SendResponse\` it is a \`RelayError\`; a connection that ends
because of an error is closed with the close code, and the code is the close reason. A code never changes its meaning.

| code | HTTP status | close code | try again later? | what is wrong | what to do |
| --- | --- | --- | --- | --- | --- |
${rows.join('\n')}
`;
}
