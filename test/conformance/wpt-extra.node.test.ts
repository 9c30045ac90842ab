import { describeSuite } from "./suite.ts";
import { wptExtra } from "./wpt-extra.ts";

describeSuite("wpt_webnn_extra", wptExtra);
