package dev.hivedeck.engine.api.feed;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.time.Timers;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the answers to one client: one at a time, slower the more it has asked for, and those that
 * take long beside the others.
 */
final class ClientAnswers {
  private static final Logger LOG = LoggerFactory.getLogger(ClientAnswers.class);

  private final AnswerDesk desk;
  private final Timers timers;
  private final RequestQueue requests;
  private final SendQueue sendQueue;

  /** Held while something is looked up: one answer at a time, for it may be megabytes. */
  private final Semaphore looking = new Semaphore(1);

  /** What is being looked up for longer than usual. */
  private final Set<AnswerDesk.Question<?>> slow = ConcurrentHashMap.newKeySet();

  /** How long its last answer was in the making. */
  private volatile Duration took = Duration.ZERO;

  private volatile boolean gone;

  ClientAnswers(AnswerDesk desk, Timers timers, RequestQueue requests, SendQueue sendQueue) {
    this.desk = desk;
    this.timers = timers;
    this.requests = requests;
    this.sendQueue = sendQueue;
  }

  /**
   * Looks something up. A client that does not take its answers is not made further ones, for each
   * may be megabytes. One that takes long, for git hangs perhaps, is answered whenever it is done;
   * others go past it.
   */
  void look(JsonNode id, Supplier<JsonNode> answer) throws InterruptedException {
    looking.acquire();
    AnswerDesk.Question<String> question;
    try {
      sendQueue.awaitTaken();
      pause();
      if (gone) { // Else all that it had asked would be looked up for nobody.
        return;
      }
      question = ask(() -> JsonRpc.answer(id, answer.get()));
      try {
        sendQueue.message(question.within(FeedLimits.QUICK));
        return;
      } catch (TimeoutException e) {
        question.leave();
      }
    } finally {
      looking.release();
    }
    later(id, question);
  }

  private void later(JsonNode id, AnswerDesk.Question<String> question) {
    slow.add(question);
    if (gone || slow.size() > FeedLimits.MOST_SLOW) {
      slow.remove(question);
      question.cancel();
      throw new HiveException(
          ErrorCode.TOO_MANY_SLOW,
          FeedLimits.MOST_SLOW + " questions of this client have waited for long already.",
          "Wait for their answers, then ask again.");
    }
    Thread.ofVirtual().name("feed-slow").start(() -> answerLate(id, question));
  }

  private void answerLate(JsonNode id, AnswerDesk.Question<String> question) {
    answering(
        id,
        () -> {
          try {
            sendQueue.message(question.within(FeedLimits.LONGEST_QUESTION));
          } catch (TimeoutException e) {
            question.cancel();
            throw new HiveException(
                ErrorCode.NO_ANSWER,
                "There was no answer within " + FeedLimits.LONGEST_QUESTION.toSeconds() + " s.",
                "Ask again; if it stays so, look at what hangs: hivedeck doctor.");
          } finally {
            slow.remove(question);
          }
        });
  }

  /**
   * Waits, the longer the more this client has asked for: who asks one thing after the other does
   * not feel it, who floods is cut before anything was looked up, and who always has a hundred
   * large questions open keeps the desk busy for a tenth of the time and not for all of it.
   */
  void pause() throws InterruptedException {
    int open = requests.open();
    Duration pause = Duration.ofMillis(open);
    if (open > FeedLimits.MOST_HANDS) {
      var rest = took.multipliedBy(9);
      pause =
          pause.plus(rest.compareTo(FeedLimits.LONGEST_REST) < 0 ? rest : FeedLimits.LONGEST_REST);
    }
    if (!gone) {
      timers.sleep(pause);
    }
  }

  /** A snapshot is waited for, however long: what follows it is of no use before. */
  <T> T whole(Callable<T> work) throws InterruptedException {
    try {
      var question = ask(work);
      try {
        return question.within(FeedLimits.QUICK);
      } catch (TimeoutException e) {
        question.leave();
        return question.within(FeedLimits.LONGEST_QUESTION);
      }
    } catch (TimeoutException e) {
      throw new HiveException(
          ErrorCode.NO_ANSWER,
          "There was no snapshot within " + FeedLimits.LONGEST_QUESTION.toSeconds() + " s.",
          "Ask again; if it stays so, look at what hangs: hivedeck doctor.",
          e);
    }
  }

  interface Answering {
    void run() throws InterruptedException;
  }

  void answering(JsonNode id, Answering work) {
    try {
      work.run();
    } catch (HiveException e) {
      error(id, JsonRpc.REFUSED, e.fault());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (CancellationException | RejectedExecutionException e) {
      LOG.debug("nobody waits for the answer any more");
    } catch (RuntimeException e) {
      LOG.error("answering a client", e);
      error(
          id,
          JsonRpc.INTERNAL_ERROR,
          HiveException.Fault.of(ErrorCode.ENGINE, "The engine failed: " + e, "See its log."));
    }
  }

  void result(JsonNode id, JsonNode result) {
    sendQueue.message(JsonRpc.answer(id, result));
  }

  void error(JsonNode id, int number, HiveException.Fault fault) {
    sendQueue.message(JsonRpc.error(id, number, fault));
  }

  /** Nobody waits for an answer any more. */
  void close() {
    gone = true;
    slow.forEach(AnswerDesk.Question::cancel);
  }

  private <T> AnswerDesk.Question<T> ask(Callable<T> work) throws InterruptedException {
    return desk.ask(() -> gone, time -> took = time, work);
  }
}
