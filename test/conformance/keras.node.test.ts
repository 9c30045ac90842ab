import { keras } from "./keras.ts";
import { describeSuite } from "./suite.ts";

describeSuite("keras_rnn", keras);
