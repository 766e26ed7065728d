/** @file `pnpm --filter @mvt/page dev` serves the page and reloads it when its sources change. */
import { pageConfig } from "./publish/config.ts";

export default pageConfig();
