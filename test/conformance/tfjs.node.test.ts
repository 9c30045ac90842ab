import { describeSuite } from "./suite.ts";
import { tfjs } from "./tfjs.ts";

describeSuite("tfjs_layers_rnn", tfjs);
