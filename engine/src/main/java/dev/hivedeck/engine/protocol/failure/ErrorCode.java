package dev.hivedeck.engine.protocol.failure;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * All codes of errors. From the {@link Kind} of a code follow the status over HTTP, how a command
 * ends and whether it is an outage; {@code docs/reference/errors.md} is made from this list. A code
 * never changes. Over the wire it is its {@link #word()}; another version may send one that is not
 * in this list.
 */
public enum ErrorCode {
  // What was asked is not so that it can be done.
  AGENT_IDLE(Kind.INVALID),
  ALERTS_ALIKE(Kind.INVALID),
  ALERTS_INVALID(Kind.INVALID),
  BAD_ARGUMENTS(Kind.INVALID),
  BAD_JSON(Kind.INVALID),
  BAD_NAME(Kind.INVALID),
  BAD_NUMBER(Kind.INVALID),
  BAD_PARAMETER(Kind.INVALID),
  BAD_PERMISSION(Kind.INVALID),
  BAD_PLACE(Kind.INVALID),
  BAD_PRIORITY(Kind.INVALID),
  BAD_REQUEST(Kind.INVALID),
  BAD_STAGE(Kind.INVALID),
  BAD_TIME(Kind.INVALID),
  BAD_TIMEOUT(Kind.INVALID),
  BAD_USAGE(Kind.INVALID),
  BRANCH_EXISTS(Kind.INVALID),
  BRANCH_IN_USE(Kind.INVALID),
  BURN_WINDOW_INVALID(Kind.INVALID),
  CHECKOUT_EDITED(Kind.INVALID, Exit.REFUSED),
  COMMIT_GONE(Kind.INVALID),
  CONFIG_INVALID(Kind.INVALID),
  CONFIG_UNREADABLE(Kind.INVALID),
  CONFIG_UNWRITABLE(Kind.INVALID),
  CONFLICT(Kind.INVALID),
  CONSENT_UNREADABLE(Kind.INVALID),
  DESKTOP(Kind.INVALID),
  DIFF(Kind.INVALID),
  DIRTY_SUBMODULE(Kind.INVALID),
  DUPLICATE_ID(Kind.INVALID),
  EXISTS(Kind.INVALID),
  EXPOSITION_INVALID(Kind.INVALID),
  FILE_UNWRITABLE(Kind.INVALID),
  FORGE_REJECTED(Kind.INVALID, Exit.REFUSED),
  GONE(Kind.INVALID),
  GUARD_INVALID(Kind.INVALID),
  IMPORT_EMPTY(Kind.INVALID),
  IMPORT_INCOMPLETE(Kind.INVALID),
  IMPORT_INVALID(Kind.INVALID),
  IMPORT_UNSUPPORTED(Kind.INVALID),
  INTERNAL(Kind.INVALID),
  KEY_INVALID(Kind.INVALID),
  KEY_REUSED(Kind.INVALID),
  KIND_RESERVED(Kind.INVALID),
  LIFT_COMMENT(Kind.INVALID),
  LIFT_LENGTH(Kind.INVALID),
  LINE_BREAK_IN_PATH(Kind.INVALID),
  LIVE(Kind.INVALID),
  MAIN_MOVES(Kind.INVALID),
  METRICS_INVALID(Kind.INVALID),
  NO_COMMENT(Kind.INVALID),
  NO_OPTION(Kind.INVALID),
  NO_TITLE(Kind.INVALID),
  NOT_ABLE(Kind.INVALID),
  NOT_AT_WORK(Kind.INVALID),
  NOT_EMPTY(Kind.INVALID),
  NOT_HERE(Kind.INVALID),
  NOT_IMPORTED(Kind.INVALID),
  NOT_INSTALLED(Kind.INVALID),
  NOT_OURS(Kind.INVALID),
  NOT_PAUSED(Kind.INVALID),
  NOT_MERGED(Kind.INVALID),
  NOT_STARTED(Kind.INVALID),
  NOT_YOURS(Kind.INVALID),
  OBJECTIVE_INVALID(Kind.INVALID),
  OBJECTIVES_ALIKE(Kind.INVALID),
  OPEN_FAILED(Kind.INVALID),
  OPENSLO_INVALID(Kind.INVALID),
  OPENSLO_UNSUPPORTED(Kind.INVALID),
  OTLP_INVALID(Kind.INVALID),
  PLAN_CYCLE(Kind.INVALID),
  PLAN_INVALID(Kind.INVALID),
  PLAN_UNREADABLE(Kind.INVALID),
  POLICY_INVALID(Kind.INVALID),
  PREPARED_COMMITTED(Kind.INVALID),
  PROMQL_FAILED(Kind.INVALID),
  PROMQL_INVALID(Kind.INVALID),
  PROTOCOL(Kind.INVALID),
  QUEUE_FULL(Kind.INVALID),
  RANGE_INVALID(Kind.INVALID),
  RANGE_POINTS(Kind.INVALID),
  RECIPE_INVALID(Kind.INVALID),
  RELEASE_INVALID(Kind.INVALID),
  REMOTE_REJECTED(Kind.INVALID, Exit.REFUSED),
  RULES_INVALID(Kind.INVALID),
  RULES_UNREADABLE(Kind.INVALID),
  SCENARIO_INVALID(Kind.INVALID),
  SECRETS_UNREADABLE(Kind.INVALID),
  SECRETS_UNWRITABLE(Kind.INVALID),
  SECRET_UNFIT(Kind.INVALID),
  SELECTOR_INVALID(Kind.INVALID),
  SETUP_FAILED(Kind.INVALID),
  SILENCE_ALL(Kind.INVALID),
  SILENCE_EMPTY(Kind.INVALID),
  SILENCE_INVALID(Kind.INVALID),
  SILENCE_LENGTH(Kind.INVALID),
  SLO_UNEXPORTABLE(Kind.INVALID),
  SLOTH_INVALID(Kind.INVALID),
  SPLIT_REFUSED(Kind.INVALID),
  SUBMODULE_MISSING(Kind.INVALID),
  SUBMODULE_NAME(Kind.INVALID),
  TAKEN(Kind.INVALID),
  TARGET_INVALID(Kind.INVALID),
  TARGET_TOTAL(Kind.INVALID),
  TOKENS_UNREADABLE(Kind.INVALID),
  TOKENS_UNWRITABLE(Kind.INVALID),
  TOKEN_EXISTS(Kind.INVALID),
  TOO_LARGE(Kind.INVALID),
  TOO_MANY_CLIENTS(Kind.INVALID),
  TOO_MANY_SLOW(Kind.INVALID),
  UNFINISHED(Kind.INVALID),
  UNKNOWN_TOPIC(Kind.INVALID),
  WINDOW_INVALID(Kind.INVALID),
  WORKTREE_IN_USE(Kind.INVALID, Exit.REFUSED),

  // What was asked for is not there.
  FORGE_MISSING(Kind.NOT_FOUND),
  MCP_OFF(Kind.NOT_FOUND),
  NO_ACT(Kind.NOT_FOUND),
  NO_AGENT(Kind.NOT_FOUND),
  NO_AGENTS(Kind.NOT_FOUND),
  NO_ALERT(Kind.NOT_FOUND),
  NO_ATTEMPT(Kind.NOT_FOUND),
  NO_BACKUP(Kind.NOT_FOUND),
  NO_CHANGE(Kind.NOT_FOUND),
  NO_CHANNEL(Kind.NOT_FOUND),
  NO_COMMITS(Kind.NOT_FOUND),
  NO_DATABASE(Kind.NOT_FOUND),
  NO_DECISION(Kind.NOT_FOUND),
  NO_DEFINITION(Kind.NOT_FOUND),
  NO_DEMO(Kind.NOT_FOUND),
  NO_DISPLAY(Kind.NOT_FOUND, Exit.NOT_ABLE),
  NO_DRIFT(Kind.NOT_FOUND),
  NO_EDITOR(Kind.NOT_FOUND),
  NO_FIGURE(Kind.NOT_FOUND),
  NO_OBSTACLE(Kind.NOT_FOUND),
  NO_THREAD(Kind.NOT_FOUND),
  NO_FILE(Kind.NOT_FOUND),
  NO_FILES(Kind.NOT_FOUND),
  NO_FILE_MANAGER(Kind.NOT_FOUND),
  NO_FOLDER(Kind.NOT_FOUND),
  NO_KEPT(Kind.NOT_FOUND),
  NO_KEY(Kind.NOT_FOUND),
  NO_LABEL(Kind.NOT_FOUND),
  NO_LESSON(Kind.NOT_FOUND),
  NO_LIFT(Kind.NOT_FOUND),
  NO_LINK(Kind.NOT_FOUND),
  NO_NOTICE(Kind.NOT_FOUND),
  NO_NOTIFICATION(Kind.NOT_FOUND),
  NO_OBJECTIVE(Kind.NOT_FOUND),
  NO_OBJECTIVES(Kind.NOT_FOUND),
  NO_PACKAGE(Kind.NOT_FOUND),
  NO_PERMISSION(Kind.NOT_FOUND),
  NO_PLAN(Kind.NOT_FOUND),
  NO_PREVIEW(Kind.NOT_FOUND),
  NO_RELEASE_KEY(Kind.NOT_FOUND, Exit.NOT_ABLE),
  NO_REMOTE(Kind.NOT_FOUND),
  NO_REPAIR(Kind.NOT_FOUND),
  NO_REQUIREMENT(Kind.NOT_FOUND),
  NO_ROUTE(Kind.NOT_FOUND),
  NO_SANDBOX(Kind.NOT_FOUND),
  NO_SCENARIO(Kind.NOT_FOUND),
  NO_SCHEDULE(Kind.NOT_FOUND),
  NO_SECRET(Kind.NOT_FOUND),
  NO_SESSION(Kind.NOT_FOUND),
  NO_SILENCE(Kind.NOT_FOUND),
  NO_SPACE(Kind.NOT_FOUND),
  NO_SUBTASK(Kind.NOT_FOUND),
  NO_TASK(Kind.NOT_FOUND),
  NO_TERMINAL(Kind.NOT_FOUND),
  NO_TEXT(Kind.NOT_FOUND),
  NO_THING(Kind.NOT_FOUND),
  NO_TIME(Kind.NOT_FOUND),
  NO_TOKEN(Kind.NOT_FOUND),
  NO_WORKSPACE(Kind.NOT_FOUND),
  NO_WORKTREE(Kind.NOT_FOUND),

  NO_METHOD(Kind.METHOD),

  NO_EXPECTATION(Kind.EXPECTATION),

  // Something else came first, or holds it.
  AT_WORK(Kind.CONFLICT),
  NOT_QUEUED(Kind.CONFLICT),
  NOT_CLEARABLE(Kind.CONFLICT),
  NOT_CLEARED(Kind.CONFLICT),
  STILL_BLOCKED(Kind.CONFLICT),
  CHANGE_OVER(Kind.CONFLICT),
  CHANGE_MOVED(Kind.CONFLICT),
  CONFIG_CHANGED(Kind.CONFLICT),
  CONSENT_CHANGED(Kind.CONFLICT),
  DRIFT_CHANGED(Kind.CONFLICT),
  MAIN_APART(Kind.CONFLICT),
  MERGED(Kind.CONFLICT, Exit.WRONG),
  NOT_NOW(Kind.CONFLICT),
  SECOND_ENGINE(Kind.CONFLICT, Exit.NOT_ABLE),

  UNAUTHORIZED(Kind.UNAUTHENTICATED),

  FOREIGN_ORIGIN(Kind.NOT_ALLOWED),
  FORGE_DENIED(Kind.NOT_ALLOWED),
  SIGNATURE_WRONG(Kind.NOT_ALLOWED),
  NOT_ALLOWED(Kind.NOT_ALLOWED),
  NOT_TRUSTED(Kind.NOT_ALLOWED),
  PACKAGE_WRONG(Kind.NOT_ALLOWED),
  RELEASE_OLDER(Kind.NOT_ALLOWED),
  REMOTE_DENIED(Kind.NOT_ALLOWED),

  TOO_MANY(Kind.TOO_MANY),

  HEADERS_TOO_LARGE(Kind.HEADERS),

  // It was ended before it was done.
  INTERRUPTED(Kind.STOPPED),
  STOPPED(Kind.STOPPED),

  // What the surroundings refuse: the disk, rights, git, a repository without its main.
  DISK_FAILED(Kind.OUTAGE),
  DISK_FULL(Kind.OUTAGE, Exit.REFUSED),
  FILTER_FAILED(Kind.OUTAGE),
  GIT_KILLED(Kind.OUTAGE),
  GIT_MISSING(Kind.OUTAGE),
  GIT_SLOW(Kind.OUTAGE),
  GIT_UNSTARTED(Kind.OUTAGE),
  HOME_UNWRITABLE(Kind.OUTAGE),
  MAIN_MOVED(Kind.OUTAGE),
  MAIN_REBASED(Kind.OUTAGE),
  NO_MAIN(Kind.OUTAGE),
  REPOSITORY_GONE(Kind.OUTAGE),
  REPOSITORY_LOCKED(Kind.OUTAGE),
  REPOSITORY_UNWRITABLE(Kind.OUTAGE),
  STORE_FAILED(Kind.OUTAGE, Exit.REFUSED),
  WORKTREE_FOLDER(Kind.OUTAGE),

  // What Hivedeck needs is not there, or not whole.
  BACKUP_DAMAGED(Kind.UNAVAILABLE),
  BACKUP_FAILED(Kind.UNAVAILABLE),
  BUSY(Kind.UNAVAILABLE),
  DISCONNECTED(Kind.UNAVAILABLE),
  FEED_FAILED(Kind.UNAVAILABLE),
  FORGE_LIMITED(Kind.UNAVAILABLE),
  FORGE_OFFLINE(Kind.UNAVAILABLE),
  GIT_FAILED(Kind.UNAVAILABLE),
  HTTP_FAILED(Kind.UNAVAILABLE),
  LOCK_HELD(Kind.UNAVAILABLE),
  LOG_UNREADABLE(Kind.UNAVAILABLE),
  MCP_FAILED(Kind.UNAVAILABLE),
  NO_ANSWER(Kind.UNAVAILABLE, Exit.REFUSED),
  NO_ENGINE(Kind.UNAVAILABLE, Exit.NOT_ABLE),
  NO_HOME(Kind.UNAVAILABLE),
  NO_REPOSITORY(Kind.UNAVAILABLE),
  OBJECTS_UNSOUND(Kind.UNAVAILABLE),
  PORT_IN_USE(Kind.UNAVAILABLE),
  RELEASE_OFFLINE(Kind.UNAVAILABLE, Exit.REFUSED),
  REMOTE_OFFLINE(Kind.UNAVAILABLE, Exit.REFUSED),
  STOPPING(Kind.UNAVAILABLE),
  STORE_DAMAGED(Kind.UNAVAILABLE),
  STORE_ENDED(Kind.UNAVAILABLE, Exit.REFUSED),
  STORE_FOREIGN(Kind.UNAVAILABLE),
  STORE_LOST(Kind.UNAVAILABLE),
  STORE_NEWER(Kind.UNAVAILABLE),
  STORE_UNREADABLE(Kind.UNAVAILABLE, Exit.REFUSED),
  STORE_UNWRITABLE(Kind.UNAVAILABLE),
  WORK_UNREADABLE(Kind.UNAVAILABLE),

  ENGINE(Kind.INTERNAL);

  /** What an error says about what was asked. */
  public enum Kind {
    /** It is not so that it can be done; ask otherwise. */
    INVALID(400, Exit.WRONG),
    /** What it is about is not there. */
    NOT_FOUND(404, Exit.WRONG),
    /** It is asked for by the wrong method of HTTP. */
    METHOD(405, Exit.WRONG),
    /** It expects what is not promised. */
    EXPECTATION(417, Exit.WRONG),
    /** It may be right, but not as things are now; look again. */
    CONFLICT(409, Exit.REFUSED),
    /** Nobody knows who asks. */
    UNAUTHENTICATED(401, Exit.NOT_ABLE),
    /** Who asks may not. */
    NOT_ALLOWED(403, Exit.NOT_ABLE),
    /** Who asks does so too often. */
    TOO_MANY(429, Exit.WRONG),
    /** Its headers are longer than any that is needed. */
    HEADERS(431, Exit.WRONG),
    /** It was ended before it was done. */
    STOPPED(400, Exit.STOPPED),
    /** The surroundings refuse it; that may pass, and the same may then be done again. */
    OUTAGE(503, Exit.WRONG),
    /** The engine, its data or its endpoint cannot do it. */
    UNAVAILABLE(503, Exit.WRONG),
    /** A fault of Hivedeck. */
    INTERNAL(500, Exit.WRONG);

    private final int http;
    private final int exit;

    Kind(int http, int exit) {
      this.http = http;
      this.exit = exit;
    }

    /** As it is written: kebab-case. */
    public String word() {
      return kebab(this);
    }

    /** The status that it is answered with over HTTP. */
    public int http() {
      return http;
    }
  }

  /** How a command ends. */
  private static final class Exit {
    /** It was refused, or failed, as things are now. */
    static final int REFUSED = 1;

    /** Wrong input. */
    static final int WRONG = 2;

    /** Not allowed, or not possible here. */
    static final int NOT_ABLE = 3;

    /** As shells say for an interrupt. */
    static final int STOPPED = 130;
  }

  private static final Map<String, ErrorCode> BY_WORD =
      Stream.of(values()).collect(Collectors.toMap(ErrorCode::word, Function.identity()));

  private final Kind kind;
  private final int exit;

  ErrorCode(Kind kind) {
    this(kind, kind.exit);
  }

  ErrorCode(Kind kind, int exit) {
    this.kind = kind;
    this.exit = exit;
  }

  /** As it is written: kebab-case, for example {@code plan-cycle}. */
  public String word() {
    return kebab(this);
  }

  private static String kebab(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  public Kind kind() {
    return kind;
  }

  /** How a command ends that was refused so: 1, 2, 3 or 130. */
  public int exit() {
    return exit;
  }

  /** Whether it tells of the surroundings rather than of what was asked. */
  public boolean outage() {
    return kind == Kind.OUTAGE;
  }

  /** The code of that word; empty for one of another version. */
  public static Optional<ErrorCode> of(String word) {
    return Optional.ofNullable(BY_WORD.get(word));
  }
}
