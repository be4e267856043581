/** Makes a group, changes what it is called, or adds members to it. Loaded when it is asked for. */
import { msg } from '@lit/localize';
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { Group } from '../../../client/groups/group.ts';
import type { AppContext } from '../../app/context.ts';
import '../../components/avatar-field.ts';
import '../../components/button.ts';
import '../../components/dialog.ts';
import '../../components/text-field.ts';
import '../../components/textarea.ts';
import type { AvatarImage } from '../../platform/avatar-image.ts';
import { navigate } from '../../platform/router.ts';
import { attempt } from '../../state/notices.ts';
import { ViewElement } from '../../state/watch.ts';
import { base } from '../../styles/shared.ts';
import './member-picker.ts';
import { parseAccountId } from '../../../wire/ids.ts';

/** As the client has it (client/groups/group-state.ts). */
const MAX_TITLE = 100;
const MAX_DESCRIPTION = 500;

export class GroupDialog extends ViewElement {
  static override properties = {
    context: { attribute: false },
    task: {},
    /** Absent when a new one is made. */
    group: { attribute: false },
    heading: { state: true },
    description: { state: true },
    picture: { state: true },
    chosen: { state: true },
    isBusy: { state: true },
  };
  static override styles = [
    base,
    css`
      .fields {
        display: grid;
        gap: var(--space-4);
      }
    `,
  ];

  declare context: AppContext;
  declare task: 'create' | 'edit' | 'add';
  declare group: Group | undefined;
  declare heading: string;
  declare description: string;
  declare picture: AvatarImage | undefined;
  declare chosen: ReadonlySet<string>;
  declare isBusy: boolean;

  constructor() {
    super();
    this.task = 'create';
    this.heading = '';
    this.description = '';
    this.chosen = new Set();
    this.isBusy = false;
  }

  protected override firstUpdated(): void {
    void this.context.state.refreshMembers();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has('group') || this.group === undefined) return;
    this.heading = this.group.title;
    this.description = this.group.description;
  }

  protected override render(): TemplateResult {
    const headings = { create: msg('New group'), edit: msg('Edit group'), add: msg('Add members') };
    const actions = { create: msg('Create group'), edit: msg('Save'), add: msg('Add') };
    return html`<vant-dialog heading=${headings[this.task]} .isOpen=${true} @close=${this.#close}>
      <form class="fields" @submit=${this.#onSubmit}>
        ${this.task === 'add' ? nothing : this.#renderFields()}
        ${
          this.task === 'edit'
            ? nothing
            : html`<vant-member-picker
                .context=${this.context}
                .without=${this.group?.members.map(({ accountId }) => accountId) ?? []}
                .chosen=${this.chosen}
                @input-change=${({ detail }: CustomEvent<ReadonlySet<string>>) => (this.chosen = detail)}
              ></vant-member-picker>`
        }
      </form>
      <vant-button slot="actions" @click=${this.#close}>${msg('Cancel')}</vant-button>
      <vant-button
        slot="actions"
        variant="primary"
        ?disabled=${!this.#isReady}
        ?busy=${this.isBusy}
        @click=${() => void this.#save()}
        >${actions[this.task]}</vant-button
      >
    </vant-dialog>`;
  }

  #renderFields(): TemplateResult {
    return html`<vant-avatar-field
        name=${this.heading}
        identity=${this.group?.id ?? 'new group'}
        .picture=${this.picture?.bytes ?? this.group?.avatar}
        .pictureType=${this.picture?.contentType ?? this.group?.avatarContentType}
        @change=${({ detail }: CustomEvent<AvatarImage>) => (this.picture = detail)}
      ></vant-avatar-field>
      <vant-text-field
        autofocus
        label=${msg('Name of the group')}
        maxlength=${MAX_TITLE}
        required
        .value=${this.heading}
        @input-change=${({ detail }: CustomEvent<string>) => (this.heading = detail)}
      ></vant-text-field>
      ${
        this.task === 'create'
          ? nothing
          : html`<vant-textarea
              label=${msg('Description')}
              maxlength=${MAX_DESCRIPTION}
              .value=${this.description}
              @input-change=${({ detail }: CustomEvent<string>) => (this.description = detail)}
            ></vant-textarea>`
      }`;
  }

  get #isReady(): boolean {
    return this.task === 'add' ? this.chosen.size > 0 : this.heading.trim() !== '';
  }

  #onSubmit = (event: Event): void => {
    event.preventDefault();
    void this.#save();
  };

  async #save(): Promise<void> {
    if (!this.#isReady || this.isBusy) return;
    this.isBusy = true;
    const isDone = await attempt(() => this.#run());
    this.isBusy = false;
    if (isDone) this.#close();
  }

  async #run(): Promise<void> {
    const { groups } = this.context.engine;
    const { group } = this;
    const title = this.heading.trim();
    const members = [...this.chosen].map(parseAccountId);
    const avatar =
      this.picture === undefined ? {} : { avatar: this.picture.bytes, avatarContentType: this.picture.contentType };
    if (group === undefined) navigate('conversation', await groups.create({ title, members, ...avatar }));
    else if (this.task === 'add') await groups.add(group.id, members);
    else await groups.edit(group.id, { title, description: this.description.trim(), ...avatar });
  }

  #close = (): void => void this.dispatchEvent(new CustomEvent('close'));
}

customElements.define('vant-group-dialog', GroupDialog);
