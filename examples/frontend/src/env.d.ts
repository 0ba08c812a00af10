interface ImportMetaEnv {
  /** The gateway's address, if it is not on the page's own origin. */
  readonly VITE_GRAPHQL_URL?: string;
}
