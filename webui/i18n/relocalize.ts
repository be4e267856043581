/** Every element renders again when the language changes. To be imported before any component, because classes take over what
 * their base class had when they were defined. */
import { updateWhenLocaleChanges } from '@lit/localize';
import { LitElement, ReactiveElement } from 'lit';

ReactiveElement.addInitializer((element) => {
  if (element instanceof LitElement) updateWhenLocaleChanges(element);
});
