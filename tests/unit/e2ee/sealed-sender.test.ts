import * as ours from '../../../e2ee/index.ts';
import { describeSealedSender } from '../../support/e2ee/sealed-sender-scenarios.ts';

describeSealedSender('ours with ours', ours, ours);
