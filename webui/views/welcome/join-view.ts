/** The way into a team with an invite link. With the owner's first link, it sets the team up. */
import { msg, str } from '@lit/localize';
import { css, html, nothing, type TemplateResult } from 'lit';
import '../../components/avatar-field.ts';
import '../../components/banner.ts';
import '../../components/button.ts';
import '../../components/start-card.ts';
import '../../components/text-field.ts';
import { parseInviteLink, type InviteLink } from '../../../client/account/links.ts';
import type { AppContext } from '../../app/context.ts';
import { errorText } from '../../i18n/error-texts.ts';
import { formatDateTime } from '../../i18n/format.ts';
import type { AvatarImage } from '../../platform/avatar-image.ts';
import { describeDevice } from '../../platform/device-name.ts';
import { navigate, pathTo, replaceRoute } from '../../platform/router.ts';
import { ViewElement } from '../../state/watch.ts';
import { content } from '../../styles/content.ts';
import { joinTeam } from './join-team.ts';

/** What cannot be mended by trying again with this link. */
type DeadEnd = 'incomplete' | 'expired' | 'used' | 'other-server';

const MAX_NAME_LENGTH = 60;

export class JoinView extends ViewElement {
  static override properties = {
    context: { attribute: false },
    link: {},
    step: { state: true },
    avatar: { state: true },
    typedName: { state: true },
    error: { state: true },
    isBusy: { state: true },
    deadEnd: { state: true },
  };
  static override styles = [
    ...content,
    css`
      :host {
        height: 100%;
      }
    `,
  ];

  declare context: AppContext;
  declare link: string;
  declare step: 'team' | 'person';
  declare avatar: AvatarImage | undefined;
  declare typedName: string;
  declare error: string | undefined;
  declare isBusy: boolean;
  declare deadEnd: DeadEnd | undefined;
  #invite: InviteLink | undefined;
  #teamName = '';

  constructor() {
    super();
    this.step = 'person';
    this.typedName = '';
    this.isBusy = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    try {
      this.#invite = parseInviteLink(this.link);
    } catch {
      this.deadEnd = 'incomplete';
      return;
    }
    const { origin, greeting } = this.#invite;
    if (origin !== location.origin) this.deadEnd = 'other-server';
    else if (greeting !== undefined && greeting.expiresAt > 0 && greeting.expiresAt < Date.now())
      this.deadEnd = 'expired';
    else if (this.#isOwner) this.step = 'team';
  }

  /** The link that the server prints has no team key: whoever opens it makes one. */
  get #isOwner(): boolean {
    return this.#invite?.teamKey === undefined;
  }

  protected override render(): TemplateResult {
    if (this.deadEnd !== undefined) return this.#renderDeadEnd(this.deadEnd);
    return this.step === 'team' ? this.#renderTeam() : this.#renderPerson();
  }

  #renderTeam(): TemplateResult {
    return html`<vant-start-card heading=${msg('Set up your team')} step="1" steps="3">
      <span slot="lead">${msg('You are the first one here, so the team will be yours.')}</span>
      <form class="stack" @submit=${this.#onTeam}>
        <vant-text-field
          name="team"
          required
          maxlength=${MAX_NAME_LENGTH}
          autocomplete="organization"
          label=${msg('Name of the team')}
          value=${this.#teamName}
          help=${msg('Only members can read it. The server cannot.')}
        ></vant-text-field>
        <vant-button type="submit" variant="primary" wide>${msg('Continue')}</vant-button>
      </form>
    </vant-start-card>`;
  }

  #renderPerson(): TemplateResult {
    const isOwner = this.#isOwner;
    return html`<vant-start-card
      heading=${isOwner ? msg('And you?') : this.#joinHeading()}
      step=${isOwner ? 2 : nothing}
      steps=${isOwner ? 3 : nothing}
    >
      ${isOwner ? nothing : html`<span slot="lead">${this.#joinLead()}</span>`}
      <form class="stack" @submit=${this.#onJoin}>
        <vant-avatar-field
          name=${this.typedName}
          identity="you"
          .picture=${this.avatar?.bytes}
          .pictureType=${this.avatar?.contentType}
          @change=${(event: CustomEvent<AvatarImage>) => (this.avatar = event.detail)}
        ></vant-avatar-field>
        <vant-text-field
          name="name"
          required
          maxlength=${MAX_NAME_LENGTH}
          autocomplete="name"
          label=${msg('Your name')}
          help=${msg('Members see name and picture. The server cannot.')}
          @input-change=${(event: CustomEvent<string>) => (this.typedName = event.detail)}
        ></vant-text-field>
        ${this.error === undefined ? nothing : html`<vant-banner tone="danger">${this.error}</vant-banner>`}
        <vant-button type="submit" variant="primary" wide ?busy=${this.isBusy}
          >${isOwner ? msg('Create team') : msg('Join')}</vant-button
        >
      </form>
      ${
        isOwner
          ? html`<vant-button variant="quiet" @click=${() => (this.step = 'team')}>${msg('Back')}</vant-button>`
          : html`<p class="soft small">
              ${msg('You have an account in this team already?')}
              <a href=${pathTo('link')}>${msg('Link this browser to it instead.')}</a>
            </p>`
      }
    </vant-start-card>`;
  }

  #joinHeading(): string {
    const teamName = this.#invite?.greeting?.teamName ?? '';
    return teamName === '' ? msg('Join the team') : msg(str`Join ${teamName}`);
  }

  #joinLead(): string {
    const { inviterName = '', expiresAt = 0 } = this.#invite?.greeting ?? {};
    const until = expiresAt === 0 ? '' : msg(str`The invite holds until ${formatDateTime(expiresAt)}.`);
    const from = inviterName === '' ? '' : msg(str`${inviterName} invites you.`);
    return [from, until].filter(Boolean).join(' ');
  }

  #renderDeadEnd(reason: DeadEnd): TemplateResult {
    const { heading, text } = deadEndTexts(reason);
    return html`<vant-start-card heading=${heading}>
      <span slot="lead">${text}</span>
      <div class="stack">
        ${
          reason === 'other-server'
            ? html`<vant-button variant="primary" wide href=${this.link}>${msg('Open it on its server')}</vant-button>`
            : nothing
        }
        <vant-button wide @click=${() => replaceRoute()}>${msg('Use another link')}</vant-button>
        <vant-button wide icon="smartphone" @click=${() => replaceRoute('link')}
          >${msg('Link to my other device')}</vant-button
        >
      </div>
    </vant-start-card>`;
  }

  #onTeam = (event: SubmitEvent): void => {
    event.preventDefault();
    this.#teamName = (new FormData(event.target as HTMLFormElement).get('team') as string).trim();
    if (this.#teamName !== '') this.step = 'person';
  };

  #onJoin = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const displayName = (new FormData(event.target as HTMLFormElement).get('name') as string).trim();
    if (displayName === '' || this.isBusy) return;
    this.isBusy = true;
    this.error = undefined;
    try {
      const { link, avatar } = this;
      const teamName = this.#isOwner ? this.#teamName : undefined;
      await joinTeam(this.context, { link, displayName, deviceName: describeDevice(), avatar, teamName });
      // The token has done its work: it leaves the address bar and the history.
      replaceRoute();
      if (this.#isOwner) navigate('invite', 'first');
      await this.context.state.start();
    } catch (error) {
      this.#onFailure(error);
    } finally {
      this.isBusy = false;
    }
  };

  #onFailure(error: unknown): void {
    const { code } = error as { code?: string };
    if (code === 'INVITE_INVALID') this.deadEnd = 'used';
    else this.error = errorText(error);
  }
}

function deadEndTexts(reason: DeadEnd): { heading: string; text: string } {
  switch (reason) {
    case 'incomplete':
      return {
        heading: msg('A part of the link is missing'),
        text: msg('Copy the whole link, up to its last character, or ask for it again. Some programs cut long links.'),
      };
    case 'expired':
      return {
        heading: msg('This invite has expired'),
        text: msg('Invites hold for a limited time. Ask the person who sent it for a new one.'),
      };
    case 'used':
      return {
        heading: msg('This invite no longer works'),
        text: msg(
          'It was used already, or was revoked. If you have not used it yourself, tell the person who sent it: somebody else may have come in with it.',
        ),
      };
    case 'other-server':
      return {
        heading: msg('This invite is for another server'),
        text: msg('The address in the link is not the one of this page.'),
      };
  }
}

customElements.define('vant-join-view', JoinView);
