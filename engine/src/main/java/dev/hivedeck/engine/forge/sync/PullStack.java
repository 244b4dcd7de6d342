package dev.hivedeck.engine.forge.sync;

import dev.hivedeck.engine.change.ChangeLedger;
import dev.hivedeck.engine.change.stack.StackLedger;
import dev.hivedeck.engine.protocol.forge.ForgeViews.PullState;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.store.Sql;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What of a stack its pull requests show: the one of each member is for the branch of the one below
 * it, and says which there are.
 *
 * @param base branch that the pull request is to be for; null while nobody can say, as the change
 *     is about to be put on another commit, or what is below it has no pull request yet, or is over
 *     there and not here
 * @param members ids of the changes of the stack, each after the one below it, with the numbers of
 *     their pull requests, 0 for none; empty where it is alone
 * @param line numbers of the open pull requests from the bottom of the stack to this one, where
 *     this is the topmost that is open and no two stand on the same one; else empty
 */
record PullStack(@Nullable String base, List<Member> members, List<Integer> line) {
  private static final String KIND = "stack";

  PullStack {
    members = List.copyOf(members);
    line = List.copyOf(line);
  }

  /** One of a stack. */
  record Member(String id, int pull, boolean self) {
    private String line() {
      String name = pull == 0 ? id + ", which has no pull request yet" : "#" + pull;
      return "1. " + name + (self ? " (this one)" : "") + "\n";
    }
  }

  /** As it is to be now. */
  static PullStack of(Sql sql, long change, String main) throws SQLException {
    var members = new ArrayList<Member>();
    var numbers = StackLedger.members(sql, change);
    for (long number : numbers.size() < 2 ? List.<Long>of() : numbers) {
      int pull = ForgeLedger.row(sql, number).map(ForgeLedger.Row::number).orElse(0);
      members.add(new Member("C-" + number, pull, number == change));
    }
    var line = numbers.size() < 2 ? List.<Integer>of() : line(sql, change, numbers);
    return new PullStack(base(sql, change, main), members, line);
  }

  private static List<Integer> line(Sql sql, long change, List<Long> numbers) throws SQLException {
    var line = new ArrayList<Integer>();
    long top = 0;
    for (long number : numbers) {
      var pull = ForgeLedger.pull(sql, number).filter(p -> p.state() == PullState.OPEN);
      if (StackLedger.above(sql, number).size() > 1) {
        return List.of();
      }
      if (pull.isEmpty()) {
        break;
      }
      line.add(pull.get().number());
      top = number;
    }
    return top == change && line.size() > 1 ? line : List.of();
  }

  private static @Nullable String base(Sql sql, long change, String main) throws SQLException {
    var below = StackLedger.below(sql, change).orElse(null);
    if (below == null) {
      return main;
    }
    var own = ChangeLedger.get(sql, "C-" + change);
    boolean stands = !below.over() && below.head().equals(own.base());
    if (!stands && own.state() != ChangeState.MERGED && own.state() != ChangeState.CLOSED) {
      return null;
    }
    var pull = ForgeLedger.pull(sql, below.number());
    if (pull.isEmpty()) {
      return below.over() ? main : null;
    }
    return pull.get().state() == PullState.OPEN ? ChangeLedger.get(sql, below.id()).branch() : null;
  }

  /** Whether a branch is main, or that of a change: a person's choice of another one stays. */
  static boolean isOurs(Sql sql, String branch, String main) throws SQLException {
    return branch.equals(main)
        || sql.number("SELECT count(*) FROM change WHERE branch = ?", branch) > 0;
  }

  /** For the body of the pull request, the lowest first; empty where it is alone. */
  String text() {
    if (members.isEmpty()) {
      return "";
    }
    var text = new StringBuilder("One of a stack, to be merged from the first on:\n\n");
    members.forEach(member -> text.append(member.line()));
    return text + "\n" + mark();
  }

  private String mark() {
    var names = members.stream().map(m -> m.pull() == 0 ? m.id() : "#" + m.pull()).toList();
    return PullText.mark(KIND, String.join(" ", names));
  }

  /** Whether a body says of the stack what is so now. */
  boolean isToldIn(String body) {
    return members.isEmpty()
        ? !body.contains("<!-- hivedeck " + KIND + " ")
        : body.contains(mark());
  }
}
