/** The texts of the web app: collected from its sources into XLIFF files (webui/i18n/translations), where they are translated,
 * and made into one module for each language (webui/i18n/generated). */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfigFileAndWriteSchema } from '@lit/localize-tools/lib/config.js';
import { RuntimeLitLocalizer } from '@lit/localize-tools/lib/modes/runtime.js';
import type { RuntimeOutputConfig } from '@lit/localize-tools/lib/types/modes.js';
import { ROOT } from './run-program.ts';

const CONFIG = join(ROOT, 'lit-localize.json');

/** @param modules where the modules go, if not to the place of the config */
function openLocalizer(modules?: string): RuntimeLitLocalizer {
  const config = readConfigFileAndWriteSchema(CONFIG);
  const output = config.output as RuntimeOutputConfig;
  if (modules !== undefined) {
    output.outputDir = modules;
    output.localeCodesModule = join(modules, 'locale-codes.ts');
  }
  return new RuntimeLitLocalizer({ ...config, output });
}

/** New texts come into the XLIFF files without a translation; those that are gone leave them. */
export async function generateLocalization(): Promise<void> {
  const localizer = openLocalizer();
  const { errors } = localizer.extractSourceMessages();
  if (errors.length > 0) throw new Error(errors.map(({ messageText }) => JSON.stringify(messageText)).join('\n'));
  await localizer.writeInterchangeFiles();
  await quietly(() => openLocalizer().build());
}

/** What is wrong with the translations, a sentence each. */
export async function findLocalizationProblems(): Promise<string[]> {
  const localizer = openLocalizer();
  const { messages, errors } = localizer.extractSourceMessages();
  const problems = errors.map(({ messageText }) => JSON.stringify(messageText));
  for (const [language, translations] of localizer.readTranslationsSync().translations) {
    const translated = new Map(translations.map((each) => [each.name, each]));
    const missing = messages.filter(({ name }) => !hasText(translated.get(name)?.contents ?? []));
    const sources = missing.map(({ contents }) => `  ${contents.map(toText).join('')}`);
    if (missing.length > 0) problems.push(`Not translated in translations/${language}.xlf:\n${sources.join('\n')}`);
  }
  if (problems.length > 0) return problems;
  return [...localizer.validateTranslations().errors, ...(await findStaleModules())];
}

type Part = string | { readonly untranslatable: string };

const toText = (part: Part): string => (typeof part === 'string' ? part : part.untranslatable);
const hasText = (parts: readonly Part[]): boolean => parts.some((part) => toText(part).trim() !== '');

/** Makes them in a folder of its own and compares. */
async function findStaleModules(): Promise<string[]> {
  const directory = mkdtempSync(join(tmpdir(), 'vant-localization-'));
  try {
    await quietly(() => openLocalizer(directory).build());
    const present = join(ROOT, 'webui', 'i18n', 'generated');
    return readdirSync(directory)
      .filter((file) => readFileSync(join(directory, file), 'utf8') !== readFileSync(join(present, file), 'utf8'))
      .map((file) => `webui/i18n/generated/${file} is not current.`);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** The tool warns of every single text that has no translation yet; findLocalizationProblems says it once. */
async function quietly(work: () => Promise<void>): Promise<void> {
  const { warn } = console;
  console.warn = () => undefined;
  try {
    await work();
  } finally {
    console.warn = warn;
  }
}
