package dev.hivedeck.engine.permission;

import dev.hivedeck.engine.agent.Permission;
import dev.hivedeck.engine.agent.dialect.EventParsing;
import dev.hivedeck.engine.protocol.view.Word;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What could come of it if an agent is allowed something: a help to decide, no guard. It knows what
 * commonly cannot be undone or leaves the machine, and takes everything else for ordinary.
 */
public enum PermissionRisk implements Word {
  LOW,
  MEDIUM,
  HIGH;

  /**
   * @param why in words; empty for an ordinary one
   */
  public record Judged(PermissionRisk risk, String why) {}

  private record Sign(Pattern pattern, String why) {
    static Sign of(String regex, String why) {
      return new Sign(Pattern.compile(regex), why);
    }
  }

  private static final List<Sign> SIGNS =
      List.of(
          Sign.of("\\bsudo\\b|\\bdoas\\b|\\bsu -", "acts as another user"),
          Sign.of(
              "\\brm\\s+(-\\w+\\s+)*-\\w*[rf]|\\bshred\\b|\\bmkfs|\\bdd\\s+.*of=",
              "deletes for good"),
          Sign.of("(curl|wget)\\b[^|;&]*\\|\\s*(ba|z|da)?sh\\b", "runs what it downloads"),
          Sign.of(
              "\\bgit\\s+push\\b|\\bgh\\s+(pr|release|repo)\\b|\\bnpm\\s+publish\\b|\\bmvn\\s.*deploy\\b",
              "publishes"),
          Sign.of(
              "\\bgit\\s+(reset\\s+--hard|clean\\s+-\\w*f|branch\\s+-D|worktree)",
              "discards work in git"),
          Sign.of(
              "\\b(kubectl|terraform|aws|gcloud|az|docker\\s+push|ssh|scp|rsync)\\b",
              "reaches other machines"),
          Sign.of("\\bchmod\\s+(-R\\s+)?777|\\bchown\\b", "changes who may do what"),
          Sign.of(
              "(^|[\\s/'\"])\\.(ssh|aws|gnupg|netrc|npmrc|env)\\b|id_rsa|credentials",
              "touches secrets"),
          Sign.of("\\b(shutdown|reboot|kill(all)?|pkill)\\b", "ends programs"));

  private static final Pattern NETWORK =
      Pattern.compile("\\b(curl|wget|npm (i|install|ci)|pip install|cargo add|go get|https?://)");

  /**
   * @param worktree where the agent works; what lies elsewhere is riskier
   */
  public static Judged of(Permission wanted, Path worktree) {
    String what = wanted.what().toLowerCase(Locale.ROOT);
    for (Sign sign : SIGNS) {
      if (sign.pattern().matcher(what).find()) {
        return new Judged(HIGH, sign.why());
      }
    }
    if (outside(wanted, worktree)) {
      return new Judged(HIGH, "outside its worktree");
    }
    if (EventParsing.kind(wanted.tool()).equals("read")) {
      return new Judged(LOW, "");
    }
    return NETWORK.matcher(what).find()
        ? new Judged(MEDIUM, "reaches the network")
        : new Judged(EventParsing.kind(wanted.tool()).equals("edit") ? LOW : MEDIUM, "");
  }

  private static boolean outside(Permission wanted, Path worktree) {
    String place =
        wanted.where() != null
            ? wanted.where()
            : EventParsing.kind(wanted.tool()).equals("run") ? null : wanted.what();
    try {
      return place != null
          && !place.isBlank()
          && !place.contains("://")
          && !worktree.resolve(place).normalize().startsWith(worktree);
    } catch (InvalidPathException e) {
      return false;
    }
  }
}
