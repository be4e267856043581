/** With whom to begin a conversation. Loaded when it is asked for. */
import { msg } from '@lit/localize';
import { css, html, type TemplateResult } from 'lit';
import type { AppContext } from '../../app/context.ts';
import type { RowContent } from '../../components/conversation-row.ts';
import '../../components/conversation-row.ts';
import '../../components/button.ts';
import '../../components/dialog.ts';
import '../../components/empty-state.ts';
import '../../components/text-field.ts';
import type { VirtualItem } from '../../components/virtual-list.ts';
import '../../components/virtual-list.ts';
import { pathTo } from '../../platform/router.ts';
import { ViewElement } from '../../state/watch.ts';
import { base } from '../../styles/shared.ts';
import { faceOf } from '../conversations/describe.ts';

export class NewConversation extends ViewElement {
  static override properties = { context: { attribute: false }, query: { state: true } };
  static override styles = [
    base,
    css`
      vant-virtual-list {
        height: min(26rem, 55dvh);
        margin: var(--space-2) calc(-1 * var(--space-3)) 0;
      }
    `,
  ];

  declare context: AppContext;
  declare query: string;

  constructor() {
    super();
    this.query = '';
  }

  /** Not when it is connected: it may have stood in the page before its class was loaded, and has no context then. */
  protected override firstUpdated(): void {
    void this.context.state.refreshMembers();
  }

  protected override render(): TemplateResult {
    const items = this.#items();
    return html`<vant-dialog
      heading=${msg('New conversation')}
      .isOpen=${true}
      @close=${() => this.dispatchEvent(new CustomEvent('close'))}
    >
      <vant-text-field
        autofocus
        type="search"
        icon="search"
        label=${msg('Search for a member')}
        label-hidden
        placeholder=${msg('Search for a member')}
        .value=${this.query}
        @input-change=${({ detail }: CustomEvent<string>) => (this.query = detail)}
      ></vant-text-field>
      ${
        items.length === 0
          ? html`<vant-empty-state icon="users" heading=${msg('Nobody found')}></vant-empty-state>`
          : html`<vant-virtual-list label=${msg('Members')} .items=${items}></vant-virtual-list>`
      }
      <vant-button slot="actions" icon="users" href=${pathTo('new', 'group')}>${msg('New group')}</vant-button>
    </vant-dialog>`;
  }

  #items(): VirtualItem[] {
    const { state } = this.context;
    const wanted = this.query.trim().toLocaleLowerCase();
    const self = state.account.value?.accountId;
    const members = [...state.members.value.values()]
      .filter(({ isMember, accountId }) => isMember && accountId !== self)
      .map((member) => ({
        id: member.accountId,
        about: member.profile?.about ?? '',
        face: faceOf(state, member.accountId),
      }))
      .sort((a, b) => a.face.name.localeCompare(b.face.name));
    const all =
      self === undefined ? members : [{ id: self as string, about: '', face: faceOf(state, self) }, ...members];
    return all
      .filter(({ face }) => face.name.toLocaleLowerCase().includes(wanted))
      .map(({ id, about, face }) => {
        const content: RowContent = {
          ...face,
          href: pathTo('conversation', id),
          ...(about === '' ? {} : { preview: about }),
        };
        const render = (isStop: boolean): TemplateResult =>
          html`<vant-conversation-row .content=${content} .isStop=${isStop}></vant-conversation-row>`;
        return { key: id, height: about === '' ? 3.75 : 4.25, render };
      });
  }
}

customElements.define('vant-new-conversation', NewConversation);
