/** The call of this tab, above whatever else is shown: it rings, or it is going on. */
import { msg, str } from '@lit/localize';
import { css, html, nothing, type TemplateResult } from 'lit';
import type { CallView as Call } from '../../../client/calls/call-view.ts';
import type { CallRequest, CallService, PictureKind } from '../../calls/call-service.ts';
import type { CallStats } from '../../calls/call-stats.ts';
import '../../components/avatar.ts';
import '../../components/banner.ts';
import '../../components/icon-button.ts';
import type { IconName } from '../../components/icon-shapes.ts';
import '../../components/icon.ts';
import { pathTo } from '../../platform/router.ts';
import { nameOf } from '../../state/member-names.ts';
import { attempt } from '../../state/notices.ts';
import { ViewElement } from '../../state/watch.ts';
import { base, focusRing, visuallyHidden } from '../../styles/shared.ts';
import type { AppContext } from '../../app/context.ts';
import { describePhase, peerName } from './call-texts.ts';
import './call-devices.ts';
import './call-picture.ts';

const QUALITY_ICONS = { good: 'signal-high', fair: 'signal-medium', poor: 'signal-low' } as const;

export class CallView extends ViewElement {
  static override properties = {
    context: { attribute: false },
    calls: { attribute: false },
    isChoosingDevices: { state: true },
    isLarge: { state: true },
  };
  static override styles = [
    base,
    focusRing,
    visuallyHidden,
    css`
      .card {
        position: fixed;
        z-index: 30;
        top: calc(var(--space-3) + env(safe-area-inset-top));
        left: 50%;
        display: grid;
        gap: var(--space-3);
        width: min(26rem, 100vw - var(--space-5));
        max-height: calc(100dvh - var(--space-5));
        overflow-y: auto;
        padding: var(--space-4);
        color: var(--color-text);
        background: var(--color-raised);
        border: 1px solid var(--color-line);
        border-radius: var(--radius-l);
        box-shadow: var(--shadow-3);
        transform: translateX(-50%);
      }
      .card.pictured {
        width: min(40rem, 100vw - var(--space-5));
      }
      .card.large {
        inset: 0;
        top: 0;
        grid-template-rows: auto 1fr auto;
        width: auto;
        max-height: none;
        border: 0;
        border-radius: 0;
        transform: none;
      }
      .head {
        display: flex;
        align-items: center;
        gap: var(--space-3);
        min-width: 0;
      }
      .who {
        flex: 1;
        min-width: 0;
      }
      .name {
        overflow: hidden;
        font-weight: var(--weight-bold);
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .phase {
        font-size: var(--text-s);
        font-variant-numeric: tabular-nums;
        color: var(--color-text-soft);
      }
      .quality {
        color: var(--color-text-soft);
      }
      .quality.poor {
        color: var(--color-danger-text);
      }
      .actions {
        display: flex;
        flex-wrap: wrap;
        justify-content: center;
        gap: var(--space-2);
      }
      .round {
        display: inline-flex;
        align-items: center;
        justify-content: center;
        gap: var(--space-2);
        min-width: 3rem;
        min-height: 3rem;
        padding: 0 var(--space-4);
        font: inherit;
        font-weight: var(--weight-medium);
        color: var(--color-text);
        background: var(--color-field);
        border: 0;
        border-radius: var(--radius-full);
        text-decoration: none;
        cursor: pointer;
      }
      .round.icon {
        padding: 0;
      }
      .round:hover {
        background: var(--color-pressed);
      }
      .round[aria-pressed='true'] {
        color: var(--color-on-accent);
        background: var(--color-accent);
      }
      .round.accept {
        color: var(--color-on-call);
        background: var(--color-call);
      }
      .round.end {
        color: var(--color-on-danger);
        background: var(--color-danger);
      }
      .round.end:hover {
        background: var(--color-danger-hover);
      }
      .level {
        width: 100%;
        height: 3px;
        overflow: hidden;
        background: var(--color-field);
        border-radius: var(--radius-full);
      }
      .level::-webkit-meter-bar {
        background: var(--color-field);
        border: 0;
      }
      .level::-webkit-meter-optimum-value {
        background: var(--color-accent);
      }
    `,
  ];

  declare context: AppContext;
  declare calls: CallService;
  declare isChoosingDevices: boolean;
  declare isLarge: boolean;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    this.isChoosingDevices = false;
    this.isLarge = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#timer = setInterval(() => {
      if (this.calls.call.peek()?.phase === 'connected') this.requestUpdate();
    }, 1000);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#timer);
  }

  protected override render(): TemplateResult | typeof nothing {
    const { call: shown, refused } = this.calls;
    if (refused.value !== undefined) return this.#renderRefused(refused.value);
    const call = shown.value;
    if (call === undefined) return nothing;
    return call.phase === 'incoming' ? this.#renderIncoming(call) : this.#renderCall(call);
  }

  #renderRefused({ peer }: CallRequest): TemplateResult {
    const name = nameOf(this.context.state.members.value, peer);
    return html`<section class="card" role="alertdialog" aria-label=${msg(str`Call ${name}?`)}>
      <vant-banner tone="warning" icon="shield-alert"
        >${msg(str`The safety number with ${name} has changed: they have a new device, or somebody is between you.`)}</vant-banner
      >
      <div class="actions">
        <button class="round" @click=${() => (this.calls.refused.value = undefined)}>${msg('Cancel')}</button>
        <a class="round" href=${pathTo('identity', peer)} @click=${() => (this.calls.refused.value = undefined)}
          >${msg('Verify')}</a
        >
        <button class="round accept" @click=${() => void attempt(() => this.calls.startAnyway())}>
          <vant-icon name="phone"></vant-icon>${msg('Call anyway')}
        </button>
      </div>
    </section>`;
  }

  #renderIncoming(call: Call): TemplateResult {
    const name = peerName(call, this.context.state.members.value);
    return html`<section class="card" role="alertdialog" aria-label=${msg(str`${name} is calling`)}>
      ${this.#renderHead(call, name)}
      ${
        call.isIdentityChanged
          ? html`<vant-banner tone="warning" icon="shield-alert"
              >${msg(str`The safety number with ${name} has changed: this may be their new device, or somebody else. Make sure who it is before you say anything secret.`)}</vant-banner
            >`
          : nothing
      }
      <div class="actions">
        <button class="round end" @click=${() => this.calls.decline()}>
          <vant-icon name="phone-off"></vant-icon>${msg('Decline')}
        </button>
        <button class="round accept" @click=${() => void attempt(() => this.calls.accept())}>
          <vant-icon name=${call.withVideo ? 'video' : 'phone'}></vant-icon>${
            call.isIdentityChanged ? msg('Accept anyway') : msg('Accept')
          }
        </button>
      </div>
    </section>`;
  }

  #renderCall(call: Call): TemplateResult {
    const { localPicture, remotePicture, remoteAudio, settings } = this.calls;
    const name = peerName(call, this.context.state.members.value);
    const hasPicture = localPicture.value !== undefined || remotePicture.value !== undefined;
    const isLarge = this.isLarge && hasPicture;
    const classes = `card${hasPicture ? ' pictured' : ''}${isLarge ? ' large' : ''}`;
    return html`<section class=${classes} aria-label=${msg(str`Call with ${name}`)}>
      ${this.#renderHead(call, name)}
      ${
        hasPicture
          ? html`<vant-call-picture
              .remote=${remotePicture.value}
              .local=${localPicture.value}
              ?mirrored=${this.calls.picture.value === 'camera'}
            ></vant-call-picture>`
          : nothing
      }
      <vant-call-sound .stream=${remoteAudio.value} .speaker=${settings.value.speaker}></vant-call-sound>
      ${call.isEcho && call.phase === 'connected' ? html`<p>${msg('Say something: you hear it again as it came through.')}</p>` : nothing}
      ${call.phase === 'ended' ? nothing : this.#renderActions(call, hasPicture)}
      ${
        this.isChoosingDevices
          ? html`<vant-call-devices .calls=${this.calls} @close=${() => (this.isChoosingDevices = false)}>
            </vant-call-devices>`
          : nothing
      }
    </section>`;
  }

  #renderHead(call: Call, name: string): TemplateResult {
    const profile = this.context.state.members.value.get(call.peer)?.profile;
    return html`<div class="head">
      ${
        call.isEcho
          ? html`<vant-icon name="volume-2"></vant-icon>`
          : html`<vant-avatar
              size="m"
              name=${name}
              identity=${call.peer}
              .picture=${profile?.avatar}
              .pictureType=${profile?.avatarContentType}
            ></vant-avatar>`
      }
      <div class="who">
        <div class="name">${name}</div>
        <div class="phase" role="status" aria-live=${call.phase === 'connected' ? 'off' : 'polite'}>
          ${describePhase(call, Date.now())}
        </div>
      </div>
      ${this.#renderQuality(this.calls.stats.value)}
    </div>`;
  }

  #renderQuality(stats: CallStats | undefined): TemplateResult | typeof nothing {
    if (stats === undefined) return nothing;
    const texts = { good: msg('Good connection'), fair: msg('Fair connection'), poor: msg('Poor connection') };
    const way = stats.isRelayed ? msg('through the relay') : msg('directly');
    const label = `${texts[stats.quality]}, ${way}`;
    return html`<span class="quality ${stats.quality}" role="img" aria-label=${label} title=${label}>
      <vant-icon name=${QUALITY_ICONS[stats.quality]}></vant-icon>
    </span>`;
  }

  #renderActions({ isEcho }: Call, hasPicture: boolean): TemplateResult {
    const { isMuted, picture, stats } = this.calls;
    return html`<meter
        class="level"
        aria-label=${msg('Level of your microphone')}
        min="0"
        max="1"
        .value=${isMuted.value ? 0 : Math.sqrt(stats.value?.localLevel ?? 0)}
      ></meter>
      <div class="actions">
        ${this.#renderToggle(isMuted.value ? 'mic-off' : 'mic', msg('Mute'), isMuted.value, () =>
          this.calls.setMuted(!isMuted.value),
        )}
        ${
          // Pictures do not come back.
          isEcho
            ? nothing
            : html`${this.#renderPicture('camera', picture.value)} ${this.#renderPicture('screen', picture.value)}`
        }
        ${this.#renderToggle('settings', msg('Microphone and speaker'), this.isChoosingDevices, () => {
          this.isChoosingDevices = !this.isChoosingDevices;
        })}
        ${
          hasPicture
            ? this.#renderToggle(this.isLarge ? 'minimize-2' : 'maximize-2', msg('Whole window'), this.isLarge, () => {
                this.isLarge = !this.isLarge;
              })
            : nothing
        }
        <button class="round icon end" aria-label=${msg('Hang up')} @click=${() => this.calls.hangUp()}>
          <vant-icon name="phone-off"></vant-icon>
        </button>
      </div>`;
  }

  #renderPicture(kind: PictureKind, shown: PictureKind | undefined): TemplateResult {
    const isShown = shown === kind;
    const [icon, label] =
      kind === 'camera'
        ? ([isShown ? 'video' : 'video-off', msg('Camera')] as const)
        : ([isShown ? 'screen-share' : 'screen-share-off', msg('Share screen')] as const);
    return this.#renderToggle(icon, label, isShown, () => {
      // Not allowed, or there is none: everything stays as it is.
      this.calls.showPicture(isShown ? undefined : kind).catch(() => undefined);
    });
  }

  #renderToggle(icon: IconName, label: string, isPressed: boolean, toggle: () => void): TemplateResult {
    return html`<button
      class="round icon"
      aria-label=${label}
      title=${label}
      aria-pressed=${isPressed}
      @click=${toggle}
    >
      <vant-icon name=${icon}></vant-icon>
    </button>`;
  }
}

customElements.define('vant-call-view', CallView);
