package dev.hivedeck.ui.external;

import dev.hivedeck.engine.protocol.failure.ErrorCode;

/** What a folder is opened in. */
public enum OpenTarget {
  EDITOR(ErrorCode.NO_EDITOR),
  TERMINAL(ErrorCode.NO_TERMINAL),
  FILES(ErrorCode.NO_FILE_MANAGER);

  private final ErrorCode missing;

  OpenTarget(ErrorCode missing) {
    this.missing = missing;
  }

  ErrorCode missing() {
    return missing;
  }
}
