import * as ours from '../../e2ee/index.ts';
import { describeSealedSender } from '../support/e2ee/sealed-sender-scenarios.ts';
import { native } from './native.ts';

describeSealedSender('ours seals, native opens', ours, native);
describeSealedSender('native seals, ours opens', native, ours);
