import { parseDocument, visit, type Document, type ErrorCode, type YAMLError } from 'yaml';
import type { Problem } from './problem.ts';
import type { SourceText } from './source-text.ts';

/** Looking up an alias walks the document: a file of nothing but aliases would take hours. */
const MAX_ALIASES = 100;

/** The YAML library's own messages quote the file, and so perhaps a password: these do not. */
const MESSAGES: Partial<Record<ErrorCode, readonly [message: string, help: string]>> = {
  TAB_AS_INDENT: ['a tab is used for indentation', 'YAML is indented with spaces: use two per level.'],
  BAD_INDENT: [
    'the indentation does not fit the lines above',
    'Options of one section start in the same column, two spaces further right than it; brackets are closed.',
  ],
  MISSING_CHAR: [
    'something is missing here',
    'Usually a closing quote or bracket, a comma between elements, or the colon after a name.',
  ],
  BLOCK_AS_IMPLICIT_KEY: [
    'a second name stands on the same line',
    'One option a line. A value that holds ": " needs quotes around it.',
  ],
  MULTILINE_IMPLICIT_KEY: ['a name without a colon', 'Write "name: value", or "name:" for a section.'],
  BAD_SCALAR_START: ['a value cannot start with this character', 'Put quotes around the value.'],
  BAD_DQ_ESCAPE: [
    'an unknown escape stands in double quotes',
    'In double quotes \\ has a meaning; single quotes take text as it is.',
  ],
  BAD_ALIAS: ['* refers to an anchor that is not there', 'Put quotes around a value that starts with *.'],
  MULTIPLE_DOCS: ['a second document starts here', 'Remove the line "---": the file holds one configuration.'],
  TAG_RESOLVE_FAILED: [
    'a tag (!) means nothing here',
    'Put quotes around a value that starts with an exclamation mark.',
  ],
  BLOCK_IN_FLOW: ['a list or section in lines stands inside brackets', 'Close the bracket before the next line.'],
  RESOURCE_EXHAUSTION: ['the file is nested too deeply', 'Sections are nested four deep at most.'],
};

const UNKNOWN = [
  'this is not valid YAML',
  'Look at this line and the one above: indentation, colons, quotes.',
] as const;

export interface ParsedYaml {
  readonly document: Document.Parsed | undefined;
  readonly problems: readonly Problem[];
}

/** Text to nodes with positions. Duplicate names are left to the reader of the nodes, which knows what they name. */
export function parseYaml(source: SourceText): ParsedYaml {
  const document = parseNodes(source);
  if (document === undefined) return { document, problems: [{ message: 'the file is nested too deeply to be read' }] };
  const problems = [...document.errors, ...document.warnings].map((error) => toProblem(error, source));
  if (countAliases(document) > MAX_ALIASES)
    problems.push({ message: `the file has more than ${MAX_ALIASES} aliases (*)` });
  return { document: problems.length > 0 ? undefined : document, problems: onePerLine(problems) };
}

function parseNodes(source: SourceText): Document.Parsed | undefined {
  try {
    return parseDocument(source.text, {
      lineCounter: source.lineCounter,
      prettyErrors: false,
      uniqueKeys: false,
      logLevel: 'error',
    });
  } catch (error) {
    // Brackets inside brackets: the parser recurses.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function toProblem(error: YAMLError, source: SourceText): Problem {
  const [message, help] = MESSAGES[error.code] ?? UNKNOWN;
  return { place: source.placeAt(error.pos[0], error.pos[1]), message, help };
}

function countAliases(document: Document.Parsed): number {
  let count = 0;
  visit(document, {
    Alias: () => {
      count += 1;
      return count > MAX_ALIASES ? visit.BREAK : undefined;
    },
  });
  return count;
}

/** One missing quote makes several errors on its line; the first says it. */
function onePerLine(problems: readonly Problem[]): Problem[] {
  const seen = new Set<number>();
  return problems.filter(({ place }) => {
    if (place?.kind !== 'file') return true;
    const isNew = !seen.has(place.line);
    seen.add(place.line);
    return isNew;
  });
}
