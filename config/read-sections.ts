import { isAlias, isMap, isScalar, isSeq, type Document, type Node as YamlNode, type Pair, type YAMLMap } from 'yaml';
import { hideValue } from './mask-excerpt.ts';
import { describePlace, type FilePlace, type Problem } from './problem.ts';
import { childrenOf, isGroup, toFileKey } from './registry.ts';
import type { Group, Option } from './option.ts';
import { SCHEMA } from './schema.ts';
import type { SourceText } from './source-text.ts';
import { explainLiteralSecret, explainUnknownName, showName } from './explain-name.ts';
import type { Reading, WrittenText, WrittenValue } from './written.ts';

/** Walks the YAML nodes along the declared tree. Only as deep as that tree: aliases cannot make it larger. */
export function readSections(document: Document.Parsed, source: SourceText, baseDir: string): Reading {
  const reader = new SectionReader(document, source, baseDir);
  reader.readRoot();
  return reader;
}

class SectionReader implements Reading {
  readonly values = new Map<string, WrittenValue>();
  readonly problems: Problem[] = [];
  readonly #document: Document.Parsed;
  readonly #source: SourceText;
  readonly #baseDir: string;

  constructor(document: Document.Parsed, source: SourceText, baseDir: string) {
    this.#document = document;
    this.#source = source;
    this.#baseDir = baseDir;
  }

  readRoot(): void {
    const root = this.#resolve(this.#document.contents);
    if (isEmpty(root)) return;
    if (isMap(root)) {
      this.#readGroup(root, SCHEMA, []);
      return;
    }
    this.problems.push({
      place: this.#placeOf(root, true),
      message: 'the file does not hold sections',
      help: 'Write "server:" on a line of its own and its options below, indented by two spaces.',
    });
  }

  #readGroup(map: YAMLMap, group: Group, parents: readonly string[]): void {
    const firstPlaces = new Map<string, FilePlace>();
    for (const pair of map.items) {
      const key = this.#readKey(pair, parents);
      if (key === undefined) continue;
      const first = firstPlaces.get(key.name);
      if (first === undefined) firstPlaces.set(key.name, key.place);
      else this.#reportDuplicate([...parents, showName(key.name)].join('.'), key.place, first);
      this.#readPair(key.name, key.place, this.#resolve(pair.value), group, parents);
    }
  }

  #readKey(pair: Pair, parents: readonly string[]): { name: string; place: FilePlace } | undefined {
    const key = pair.key;
    if (isScalar(key) && typeof key.value === 'string') return { name: key.value, place: this.#placeOf(key) };
    this.problems.push({
      place: this.#placeOf(isScalar(key) || isMap(key) || isSeq(key) || isAlias(key) ? key : null, true),
      message: `a name is expected here${parents.length === 0 ? '' : `, below ${parents.join('.')}`}`,
      help: 'Names of sections and options are plain words, followed by a colon.',
    });
    return undefined;
  }

  #reportDuplicate(option: string, place: FilePlace, first: FilePlace): void {
    this.problems.push({
      option,
      place,
      message: 'stands here for the second time',
      help: `The first is at ${describePlace(first)}. Keep one of them.`,
    });
  }

  #readPair(name: string, place: FilePlace, value: YamlNode | null, group: Group, parents: readonly string[]): void {
    const children = childrenOf(group);
    const child = Object.hasOwn(children, name) ? children[name] : undefined;
    const path = [...parents, name].join('.');
    if (child === undefined) {
      const secret = Object.keys(children).find((key) => children[key]?.node === 'secret' && toFileKey(key) === name);
      if (secret === undefined) this.#reportUnknown(place, explainUnknownName(name, group, parents));
      else this.#readText([...parents, secret].join('.'), path, value);
    } else if (isGroup(child)) this.#readChildGroup(child, [...parents, name], place, value);
    else if (child.node === 'secret') this.problems.push({ place, ...explainLiteralSecret(path) });
    else this.#readOption(path, child, place, value);
  }

  /** The misspelt name may be that of a password: its value is not shown. */
  #reportUnknown(place: FilePlace, explanation: Pick<Problem, 'option' | 'message' | 'help'>): void {
    this.problems.push({ place: { ...place, excerpt: hideValue(place.excerpt) }, ...explanation });
  }

  #readChildGroup(group: Group, path: readonly string[], place: FilePlace, value: YamlNode | null): void {
    if (isEmpty(value)) return;
    if (isMap(value)) {
      this.#readGroup(value, group, path);
      return;
    }
    this.problems.push({
      option: path.join('.'),
      place,
      message: 'is a section, and has a value as if it were an option',
      help: `Its options stand below it, indented: ${Object.keys(childrenOf(group)).join(', ')}.`,
    });
  }

  #readOption(path: string, option: Option<unknown>, place: FilePlace, value: YamlNode | null): void {
    if (value === null) return;
    if (isEmpty(value)) {
      if (option.default === undefined) return;
      this.problems.push({
        option: path,
        place,
        message: 'has no value',
        help: `Write ${option.type.expected}; or remove the line, and it is ${option.default}.`,
      });
    } else if (option.type.item === undefined) this.#readText(path, path, value);
    else this.#readList(path, option, value);
  }

  #readList(path: string, option: Option<unknown>, value: YamlNode | null): void {
    if (!isSeq(value)) {
      const help = isScalar(value) ? `Put brackets around it: [${option.example === undefined ? 'a, b' : '…'}].` : '';
      this.problems.push({
        option: path,
        place: this.#placeOf(value),
        message: 'is a list',
        help: `${help} ${option.example === undefined ? '' : `For example ${option.example}.`}`.trim(),
      });
      return;
    }
    const items = value.items.map((item) => this.#toText(path, this.#resolve(item)));
    const good = items.filter((item) => item !== undefined);
    if (good.length < items.length) return;
    this.values.set(path, { text: '', place: this.#placeOf(value), baseDir: this.#baseDir, items: good });
  }

  #readText(path: string, shownPath: string, value: YamlNode | null): void {
    if (isEmpty(value)) return;
    const text = this.#toText(shownPath, value);
    if (text !== undefined) this.values.set(path, text);
  }

  #toText(shownPath: string, value: YamlNode | null): WrittenText | undefined {
    const place = this.#placeOf(value);
    if (isScalar(value)) return { text: value.source ?? String(value.value), place, baseDir: this.#baseDir };
    this.problems.push({ option: shownPath, place, message: 'is one value, and not a list or section' });
    return undefined;
  }

  #resolve(node: unknown): YamlNode | null {
    if (isAlias(node)) return node.resolve(this.#document) ?? this.#reportBadAlias(node);
    return isScalar(node) || isMap(node) || isSeq(node) ? node : null;
  }

  #reportBadAlias(node: YamlNode): null {
    const help = 'Put quotes around a value that starts with *.';
    this.problems.push({ place: this.#placeOf(node), message: '* refers to an anchor that is not there', help });
    return null;
  }

  #placeOf(node: YamlNode | null, hideValue = false): FilePlace {
    const [start, end] = node?.range ?? [0, 1];
    return this.#source.placeAt(start, end, { hideValue });
  }
}

/** `name:` with nothing behind it, `~` and `null`. */
function isEmpty(node: YamlNode | null): boolean {
  return node === null || (isScalar(node) && node.value === null);
}
