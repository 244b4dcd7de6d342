package dev.hivedeck.ui.shell.settings;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** By what the desktop knows a workspace in its files: no two paths have the same. */
final class WorkspaceKey {
  private WorkspaceKey() {}

  static String of(String path) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(path.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has it
    }
  }

  /** The one of version 0.1.0, which two paths may share: what is there is read still. */
  static String former(String path) {
    return Integer.toHexString(path.hashCode());
  }
}
