import * as ours from '../../e2ee/index.ts';
import { describeSurgery } from '../support/e2ee/surgery-scenarios.ts';
import { native } from './native.ts';

describeSurgery('ours sends, native refuses', ours, native);
describeSurgery('native sends, ours refuses', native, ours);
