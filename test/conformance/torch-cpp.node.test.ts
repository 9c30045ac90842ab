import { describeSuite } from "./suite.ts";
import { torchOracle } from "./torch.ts";

describeSuite("pytorch_cpp_api", torchOracle);
