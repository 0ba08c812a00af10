interface ImportMetaEnv {
  /** Where the gateway is, if not behind the page's own origin. */
  readonly VITE_GRAPHQL_URL?: string;
}
