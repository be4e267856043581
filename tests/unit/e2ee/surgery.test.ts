import * as ours from '../../../e2ee/index.ts';
import { describeSurgery } from '../../support/e2ee/surgery-scenarios.ts';

describeSurgery('ours', ours, ours);
