/** The page's entry: starts the engine, then shows the app. */
import { App } from './app/app.ts';
import { startEngine } from './platform/engine-client.ts';
import { startPlatform } from './platform/start-platform.ts';
import { AppState } from './state/app-state.ts';

const engine = startEngine();
startPlatform(engine);
const state = new AppState(engine);
App.connect({ engine, state });
customElements.define('vant-app', App);
void state.start();
