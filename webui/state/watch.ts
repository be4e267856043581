/** Views read signals while they render; when one of them changes, they render again. */
import { effect } from '@preact/signals-core';
import { LitElement } from 'lit';

export class ViewElement extends LitElement {
  #stop: () => void = () => undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stop();
  }

  protected override performUpdate(): void {
    if (!this.isUpdatePending) return;
    this.#stop();
    let isFirst = true;
    this.#stop = effect(() => {
      if (!isFirst) {
        this.requestUpdate();
        return;
      }
      isFirst = false;
      super.performUpdate();
    });
  }
}
