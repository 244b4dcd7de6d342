package dev.hivedeck.engine.protocol.alternative;

import com.fasterxml.jackson.annotation.JsonCreator;
import dev.hivedeck.engine.protocol.view.ChangeViews.ChangeState;
import dev.hivedeck.engine.protocol.view.GateViews.GateResult;
import dev.hivedeck.engine.protocol.view.TaskViews.TaskState;
import dev.hivedeck.engine.protocol.view.View;
import dev.hivedeck.engine.protocol.view.Word;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Alternatives as clients see them. */
public final class AlternativeViews {
  private AlternativeViews() {}

  /**
   * That several tasks are alternatives, and which of them was chosen.
   *
   * @param id of the task that was asked for, which stands for all to what needs it
   * @param tasks ids of the alternatives; the first is the task that was asked for
   * @param chosen id of the task whose change was chosen; null while none is
   * @param aside of the tasks, those whose finished work was closed by nothing but that choice
   */
  public record Alternatives(
      String id,
      List<String> tasks,
      @Nullable String chosen,
      @Nullable Instant chosenAt,
      List<String> aside)
      implements View {
    public Alternatives {
      tasks = List.copyOf(tasks);
      aside = aside == null ? List.of() : List.copyOf(aside);
    }
  }

  /** How far alternatives are. */
  public enum AlternativesState implements Word {
    /** None can be chosen yet. */
    WORKING,
    /** One can be chosen; others may still be at work. */
    CHOOSE,
    /** One was chosen and is on its way. */
    CHOSEN,
    /** The chosen one is on main. */
    MERGED,
    /** None is left that could be chosen. */
    FAILED;

    @JsonCreator
    public static AlternativesState of(String word) {
      return Word.parse(AlternativesState.class, word);
    }
  }

  /**
   * Alternatives side by side.
   *
   * @param id of the task that was asked for
   * @param next what a person or Hivedeck does next, in words
   * @param working how many are still at work, or wait to be
   * @param cost of all of them in dollars; null where that of one is not known
   */
  public record Comparison(
      String id,
      String title,
      AlternativesState state,
      String next,
      @Nullable String chosen,
      int working,
      @Nullable Double cost,
      List<Alternative> alternatives) {
    public Comparison {
      alternatives = List.copyOf(alternatives);
    }
  }

  /**
   * One of them.
   *
   * @param agent whom it is with, or who has done it; null where any may take it
   * @param reason why its task is in its state; null where that needs none
   * @param attempts that were made
   * @param seconds that its attempts took, so far
   * @param cost of its attempts in dollars; null where that of one is not known
   * @param result its change; null before there is one
   * @param choosable whether it may be chosen now
   */
  public record Alternative(
      String task,
      @Nullable String agent,
      TaskState state,
      @Nullable String reason,
      int attempts,
      long seconds,
      @Nullable Double cost,
      @Nullable Result result,
      boolean chosen,
      boolean choosable) {}

  /**
   * What came of one.
   *
   * @param change its id
   * @param lines that there are to read
   * @param health from 0 to 100
   * @param findings that its gates name
   * @param obstacles what speaks against it, in words
   */
  public record Result(
      String change,
      ChangeState state,
      String branch,
      String head,
      int files,
      int additions,
      int deletions,
      long lines,
      int health,
      List<GateResult> gates,
      int findings,
      List<String> obstacles) {
    public Result {
      gates = List.copyOf(gates);
      obstacles = List.copyOf(obstacles);
    }
  }
}
