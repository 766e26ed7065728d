/** @file `pnpm --filter @mvt/page dev`: the page, reloaded as its sources change. */
import { pageConfig } from "./publish/config.ts";

export default pageConfig();
