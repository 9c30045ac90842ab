import { describeSuite } from "./suite.ts";
import { torchOracle } from "./torch.ts";

describeSuite("torch_oracle", torchOracle);
