import { describeSuite } from "./suite.ts";
import { tf1Cells } from "./tf1.ts";

describeSuite("tf1_cells", tf1Cells);
