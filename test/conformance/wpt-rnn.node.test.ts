import { describeSuite } from "./suite.ts";
import { wptRecurrent } from "./wpt.ts";

describeSuite("wpt_webnn_rnn", wptRecurrent);
