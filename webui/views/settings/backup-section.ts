/** Messages into an encrypted file, and back. */
import { msg, str } from '@lit/localize';
import { html, nothing, type TemplateResult } from 'lit';
import '../../components/button.ts';
import '../../components/dialog.ts';
import '../../components/progress.ts';
import '../../components/row.ts';
import '../../components/section.ts';
import type { AppContext } from '../../app/context.ts';
import type { BackupProgress } from '../../engine/backup/backup-api.ts';
import { errorText } from '../../i18n/error-texts.ts';
import { formatBytes, formatNumber, plural } from '../../i18n/format.ts';
import { saveBackup } from '../../platform/backup-file.ts';
import { showNotice } from '../../state/notices.ts';
import { ViewElement } from '../../state/watch.ts';
import { content } from '../../styles/content.ts';

const MIN_PASSPHRASE_LENGTH = 8;

type Task = { readonly kind: 'export' } | { readonly kind: 'import'; readonly file: File };

export class BackupSection extends ViewElement {
  static override properties = {
    context: { attribute: false },
    task: { state: true },
    progress: { state: true },
    error: { state: true },
  };
  static override styles = content;

  declare context: AppContext;
  declare task: Task | undefined;
  declare progress: BackupProgress | undefined;
  declare error: string | undefined;
  #stopListening: () => void = () => undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#stopListening = this.context.engine.on('backupProgress', (progress) => {
      this.progress = progress.phase === 'done' ? undefined : progress;
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stopListening();
  }

  protected override render(): TemplateResult {
    return html`<vant-section
        heading=${msg('Backup')}
        hint=${msg('The file is encrypted under a passphrase of its own. Without it nobody can read the file, and nobody can reset it.')}
      >
        <vant-row
          icon="download"
          heading=${msg('Export')}
          detail=${msg('All conversations of this device into one file.')}
        >
          <vant-button @click=${() => this.#open({ kind: 'export' })}>${msg('Make a backup')}</vant-button>
        </vant-row>
        <vant-row icon="upload" heading=${msg('Import')} detail=${msg('Adds the messages that are not here yet.')}>
          <vant-button @click=${this.#chooseFile}>${msg('Choose a file')}</vant-button>
        </vant-row>
      </vant-section>
      <input type="file" accept=".vantbackup" hidden aria-label=${msg('Choose a file')} @change=${this.#onFile} />
      ${this.task === undefined ? nothing : this.#renderDialog(this.task)}`;
  }

  #renderDialog(task: Task): TemplateResult {
    const heading = task.kind === 'export' ? msg('Make a backup') : msg(str`Import ${task.file.name}`);
    return html`<vant-dialog open heading=${heading} ?modal-only=${this.progress !== undefined} @close=${this.#close}>
      ${this.progress === undefined ? this.#renderForm(task) : this.#renderProgress(this.progress)}
    </vant-dialog>`;
  }

  #renderForm(task: Task): TemplateResult {
    const isExport = task.kind === 'export';
    return html`<form class="stack" @submit=${this.#submit}>
      <vant-text-field
        name="passphrase"
        type="password"
        required
        autocomplete=${isExport ? 'new-password' : 'current-password'}
        label=${msg('Passphrase of the backup')}
        help=${isExport ? msg('At least 8 characters; several words are best. Write it down.') : nothing}
      ></vant-text-field>
      ${
        isExport
          ? html`<vant-text-field
              name="again"
              type="password"
              required
              autocomplete="new-password"
              label=${msg('The same again')}
            ></vant-text-field>`
          : nothing
      }
      ${this.error === undefined ? nothing : html`<vant-banner tone="danger">${this.error}</vant-banner>`}
      <div class="actions end">
        <vant-button variant="quiet" @click=${this.#close}>${msg('Cancel')}</vant-button>
        <vant-button type="submit" variant="primary">${isExport ? msg('Export') : msg('Import')}</vant-button>
      </div>
    </form>`;
  }

  #renderProgress({ direction, phase, doneBytes, totalBytes }: BackupProgress): TemplateResult {
    const label =
      phase === 'key'
        ? msg('Making the key …')
        : direction === 'export'
          ? msg('Writing …')
          : phase === 'check'
            ? msg('Checking …')
            : msg('Reading …');
    const detail =
      totalBytes === undefined
        ? formatBytes(doneBytes)
        : msg(str`${formatBytes(doneBytes)} of ${formatBytes(totalBytes)}`);
    return html`<div class="stack">
      <vant-progress
        label=${label}
        detail=${phase === 'key' ? '' : detail}
        .value=${totalBytes === undefined ? undefined : doneBytes / Math.max(1, totalBytes)}
      ></vant-progress>
      <div class="actions end">
        <vant-button @click=${() => void this.context.engine.backup.cancel()}>${msg('Cancel')}</vant-button>
      </div>
    </div>`;
  }

  #open(task: Task): void {
    this.error = undefined;
    this.task = task;
  }

  #close = (): void => {
    if (this.progress === undefined) this.task = undefined;
  };

  #chooseFile = (): void => this.renderRoot.querySelector<HTMLInputElement>('input[type=file]')?.click();

  #onFile = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    const file = input.files?.[0];
    input.value = '';
    if (file !== undefined) this.#open({ kind: 'import', file });
  };

  #submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    const passphrase = data.get('passphrase') as string;
    const { task } = this;
    if (task === undefined) return;
    this.error = task.kind === 'export' ? findMistake(passphrase, data.get('again')) : undefined;
    if (this.error === undefined) void this.#run(task, passphrase);
  };

  async #run(task: Task, passphrase: string): Promise<void> {
    try {
      const done = task.kind === 'export' ? await this.#export(passphrase) : await this.#import(task.file, passphrase);
      this.progress = undefined;
      this.task = undefined;
      if (done !== undefined) showNotice(done);
    } catch (error) {
      this.progress = undefined;
      this.error = errorText(error);
    }
  }

  /** Undefined when the person has closed the browser's own dialog. */
  async #export(passphrase: string): Promise<string | undefined> {
    return (await saveBackup(this.context.engine, passphrase)) ? msg('The backup is complete.') : undefined;
  }

  async #import(file: File, passphrase: string): Promise<string> {
    const { addedMessages } = await this.context.engine.backup.importFrom({ file, passphrase });
    const count = formatNumber(addedMessages);
    return plural(addedMessages, {
      one: msg(str`${count} message was imported.`),
      other: msg(str`${count} messages were imported.`),
    });
  }
}

function findMistake(passphrase: string, again: unknown): string | undefined {
  if (passphrase.length < MIN_PASSPHRASE_LENGTH) return msg('This is too short: at least 8 characters.');
  return passphrase === again ? undefined : msg('The two are not the same.');
}

customElements.define('vant-backup-section', BackupSection);
