/** Chooses members of the team. Gives `input-change` with the account ids that are chosen. */
import { msg } from '@lit/localize';
import { css, html, type TemplateResult } from 'lit';
import type { AppContext } from '../../app/context.ts';
import '../../components/avatar.ts';
import '../../components/checkbox.ts';
import '../../components/empty-state.ts';
import '../../components/text-field.ts';
import { ViewElement } from '../../state/watch.ts';
import { base, scrollArea } from '../../styles/shared.ts';
import { faceOf } from '../conversations/describe.ts';

export class MemberPicker extends ViewElement {
  static override properties = {
    context: { attribute: false },
    /** Who cannot be chosen, because they are in already. */
    without: { attribute: false },
    chosen: { attribute: false },
    query: { state: true },
  };
  static override styles = [
    base,
    scrollArea,
    css`
      :host {
        display: grid;
        gap: var(--space-2);
      }
      ul {
        max-height: min(18rem, 40dvh);
        margin: 0 calc(-1 * var(--space-2));
        padding: 0 var(--space-2);
        list-style: none;
      }
      li {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        align-items: center;
        gap: var(--space-3);
        min-height: 3rem;
      }
    `,
  ];

  declare context: AppContext;
  declare without: readonly string[];
  declare chosen: ReadonlySet<string>;
  declare query: string;

  constructor() {
    super();
    this.without = [];
    this.chosen = new Set();
    this.query = '';
  }

  protected override render(): TemplateResult {
    const members = this.#members();
    return html`<vant-text-field
        type="search"
        icon="search"
        label=${msg('Search for a member')}
        label-hidden
        placeholder=${msg('Search for a member')}
        .value=${this.query}
        @input-change=${this.#onQuery}
      ></vant-text-field>
      ${members.length === 0 ? html`<vant-empty-state icon="users" heading=${msg('Nobody found')}></vant-empty-state>` : ''}
      <ul class="scroll" aria-label=${msg('Members')}>
        ${members.map(
          ({ id, face }) =>
            html`<li>
              <vant-avatar
                size="s"
                name=${face.name}
                identity=${id}
                .picture=${face.picture}
                .pictureType=${face.pictureType}
              ></vant-avatar>
              <vant-checkbox
                label=${face.name}
                .isChecked=${this.chosen.has(id)}
                @input-change=${(event: CustomEvent<boolean>) => this.#toggle(event, id)}
              ></vant-checkbox>
            </li>`,
        )}
      </ul>`;
  }

  #members(): { readonly id: string; readonly face: ReturnType<typeof faceOf> }[] {
    const { state } = this.context;
    const wanted = this.query.trim().toLocaleLowerCase();
    return [...state.members.value.values()]
      .filter(({ accountId, isMember }) => isMember && accountId !== state.account.value?.accountId)
      .filter(({ accountId }) => !this.without.includes(accountId))
      .map(({ accountId }) => ({ id: accountId, face: faceOf(state, accountId) }))
      .filter(({ face }) => face.name.toLocaleLowerCase().includes(wanted))
      .sort((a, b) => a.face.name.localeCompare(b.face.name));
  }

  #onQuery = (event: CustomEvent<string>): void => {
    event.stopPropagation();
    this.query = event.detail;
  };

  #toggle(event: CustomEvent<boolean>, id: string): void {
    event.stopPropagation();
    const chosen = new Set(this.chosen);
    if (event.detail) chosen.add(id);
    else chosen.delete(id);
    this.chosen = chosen;
    this.dispatchEvent(new CustomEvent('input-change', { detail: chosen }));
  }
}

customElements.define('vant-member-picker', MemberPicker);
