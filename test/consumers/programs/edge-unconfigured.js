import { attempt } from "./unconfigured.js";

export default {
  fetch: () => Response.json(attempt()),
};
