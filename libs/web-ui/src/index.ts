export { cookieNamed, createApi, queryOf, type Api, type Query } from './api/client.js';
export { ApiProblem, ServerAway, type FieldProblem } from './api/problem.js';
export { useApi, useGet, type GetOptions, type Page } from './api/use-api.js';
export { firstData } from './app/first-data.js';
export { startApp, type AppOptions } from './app/start-app.js';
export { AppFrame, type FrameProps, type NavEntry, type NavGroup } from './components/app-frame.js';
export { CarriedFile, type CarriedFileProps } from './components/carried-file.js';
export { ConfirmButton, type ConfirmProps } from './components/confirm-button.js';
export { DataTable, Pages, type Column, type DataTableProps } from './components/data-table.js';
export { Markdown, type MarkdownProps } from './components/markdown.js';
export { mayShow } from './components/may-show.js';
export { Moment } from './components/moment.js';
export { PackageIcon, type PackageIconProps } from './components/package-icon.js';
export { PageHeader, type PageHeaderProps } from './components/page-header.js';
export { useProblemWords, useSayProblem, type ProblemWords } from './components/problem-words.js';
export { SignInCard, type Credentials, type SignInProps } from './components/sign-in-card.js';
export {
  EmptyState,
  ErrorState,
  LoadingState,
  NotFoundState,
  QueryState,
  type EmptyProps,
} from './components/states.js';
export { useChange, type ChangeOptions } from './components/use-change.js';
export { daysUntil } from './format/format.js';
export { useFormats } from './format/use-formats.js';
export { type AppWords } from './i18n/start-i18n.js';
export { useUiWords } from './i18n/ui-words.js';
export {
  flatten,
  flawsOf,
  LANGUAGES,
  wordsOf,
  type Language,
  type SameKeys,
  type Say,
  type Words,
} from './i18n/words.js';
