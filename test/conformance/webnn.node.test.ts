import { describeSuite } from "./suite.ts";
import { webnnOperators } from "./webnn.ts";

describeSuite("webnn_baseline_rnn", webnnOperators);
