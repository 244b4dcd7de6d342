package dev.hivedeck.engine.gateway.framing;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The messages that come one way over a connection. Bytes go in as they come; out go those of whole
 * heads and of bodies, as long as all before them was right. After the first that is wrong nothing
 * goes out any more.
 */
public final class Framing {
  private static final int MOST_HEAD = 32_768;

  /**
   * A longer request is read to the end of its head up to here, so that it hears why it is none.
   */
  private static final int MOST_READ = 1 << 20;

  private static final byte[] EMPTY = {};

  private final boolean request;

  /** For answers: whether each that is awaited answers a request for the head alone. */
  private final Deque<Boolean> awaited = new ArrayDeque<>();

  private byte[] held = EMPTY;
  private int start;

  /** Here the message begins that comes, as long as nothing of it is {@link #gone}. */
  private int first;

  /** Whether some of the message that comes went out. */
  private boolean gone;

  /** Up to here all is right. */
  private int right;

  /** Up to here lines were looked at. */
  private int lineStart;

  /** Up to here no end of a line is to be found after {@link #lineStart}. */
  private int searched;

  private int end;

  /** How many bytes of a head that is too long are gone: none of them is kept. */
  private int passedOver;

  /** How many bytes its line has by now, and whether the last is CR. */
  private int lineLength;

  private boolean carriage;
  private HttpHead.@Nullable Body body;
  private HttpHead head;
  private @Nullable Chunks chunks;
  private long left;
  private boolean begun;
  private @Nullable Malformed malformed;

  private Framing(boolean request) {
    this.request = request;
    this.head = new HttpHead(request);
  }

  /** Of what a client sends. */
  public static Framing ofRequests() {
    return new Framing(true);
  }

  /**
   * Looks at a head that came in another way than as the bytes of HTTP/1.1, and is to go on as
   * those.
   *
   * @param headers names and values, in turn
   * @return why it is none; null where it is one
   */
  public static @Nullable Malformed ofHead(String method, String target, List<String> headers) {
    return HttpHead.check(method, target, headers, MOST_HEAD);
  }

  /** Of what a server answers; only what is {@link #await awaited} is right. */
  public static Framing ofResponses() {
    return new Framing(false);
  }

  /**
   * An answer may come.
   *
   * @param toHead whether to a request for the head alone
   */
  public void await(boolean toHead) {
    awaited.add(toHead);
    advance();
  }

  /** Takes bytes; those of the buffer are gone. */
  public void feed(ByteBuffer bytes) {
    if (malformed == null && request && isInHead() && end - right > MOST_HEAD) {
      passOver(bytes);
      return;
    }
    int more = bytes.remaining();
    if (start == end) {
      start = first = right = lineStart = searched = end = 0;
    }
    if (end + more > held.length) {
      int length = end - start;
      var wider = length + more <= held.length ? held : new byte[capacity(length + more)];
      System.arraycopy(held, start, wider, 0, length);
      held = wider;
      first -= start;
      right -= start;
      lineStart -= start;
      searched -= start;
      end = length;
      start = 0;
    }
    bytes.get(held, end, more);
    end += more;
    advance();
  }

  /** Looks for the end of a head that is too long already. */
  private void passOver(ByteBuffer bytes) {
    if (passedOver == 0) {
      lineLength = end - lineStart;
      carriage = lineLength > 0 && held[end - 1] == '\r';
    }
    passedOver += bytes.remaining();
    while (bytes.hasRemaining() && malformed == null) {
      byte b = bytes.get();
      if (b == '\n' && lineLength == (carriage ? 1 : 0)) {
        wrong(Malformed.HEAD_SIZE);
      }
      lineLength = b == '\n' ? 0 : lineLength + 1;
      carriage = b == '\r';
    }
    bytes.position(bytes.limit());
    if (malformed == null && end - right + passedOver > MOST_READ) {
      wrong(Malformed.HEAD_SIZE);
    }
  }

  private static int capacity(int needed) {
    return Math.max(512, Integer.highestOneBit(needed - 1) << 1);
  }

  /** Gives out what is right; how many bytes that was. */
  public int drain(ByteBuffer to) {
    int some = Math.min(to.remaining(), right - start);
    to.put(held, start, some);
    start += some;
    gone |= start > first;
    if (start == end) {
      held = EMPTY;
      start = first = right = lineStart = searched = end = 0;
    }
    return some;
  }

  /** Whether there is something to {@link #drain}. */
  public boolean hasRight() {
    return right > start;
  }

  /** Why nothing goes out any more; null while all is right. */
  public @Nullable Malformed malformed() {
    return malformed;
  }

  /** Nothing goes out any more, for a reason from elsewhere. */
  public void fail(Malformed why) {
    if (malformed == null) {
      wrong(isInHead() && end - right > MOST_HEAD ? Malformed.HEAD_SIZE : why);
    }
  }

  /** Of a message that is none nothing goes out, unless some did. */
  private void wrong(@Nullable Malformed why) {
    malformed = why;
    if (why != null && !gone) {
      right = first;
    }
  }

  /** Whether what went out ends within a message, so that whoever took it waits for the rest. */
  public boolean isWithin() {
    return gone;
  }

  /** Whether a head has begun to come and is not there. */
  public boolean isInHead() {
    return body == null && end > right;
  }

  /** Whether a body has begun to come and is not over. */
  public boolean isInBody() {
    return body == HttpHead.Body.LENGTH || body == HttpHead.Body.CHUNKED;
  }

  /** All that comes from now on is something else than HTTP/1.1, and is right. */
  public void raw() {
    body = HttpHead.Body.RAW;
    advance();
  }

  /**
   * How many bytes may go past this, as they are right whatever they are; 0 for none. Whoever lets
   * some past says so by {@link #passed}.
   */
  public long passable() {
    if (malformed != null || end > start || body == null) {
      return 0;
    }
    return switch (body) {
      case LENGTH -> left;
      case RAW, UNTIL_CLOSE -> Long.MAX_VALUE;
      case CHUNKED, NONE -> 0;
    };
  }

  /** So many went past. */
  public void passed(long bytes) {
    if (body == HttpHead.Body.LENGTH) {
      left -= bytes;
      if (left == 0) {
        over();
      }
    }
  }

  private void over() {
    body = null;
    chunks = null;
    head = new HttpHead(request);
    begun = false;
    gone = false;
    first = lineStart = right;
  }

  private void advance() {
    int before = -1;
    while (malformed == null && right < end && right + lineStart != before) {
      before = right + lineStart;
      if (body == null) {
        head();
      } else {
        body(body);
      }
    }
  }

  private void body(HttpHead.Body kind) {
    switch (kind) {
      case LENGTH -> {
        int some = (int) Math.min(left, end - right);
        right += some;
        passed(some);
      }
      case CHUNKED -> {
        var mine = chunks;
        if (mine != null) {
          right = mine.accept(held, right, end);
          if (mine.isWrong()) {
            wrong(Malformed.CHUNK);
          } else if (mine.isDone()) {
            over();
          }
        }
      }
      case RAW, UNTIL_CLOSE -> right = end;
      case NONE -> over();
    }
  }

  private void head() {
    if (!request && awaited.isEmpty()) {
      wrong(Malformed.UNASKED);
      return;
    }
    if (request && !begun) { // empty lines before a request are passed over, as RFC 9112 says
      while (end - right >= 2 && held[right] == '\r' && held[right + 1] == '\n') {
        right += 2;
        first = right;
      }
      lineStart = Math.max(lineStart, right);
    }
    for (int i = Math.max(lineStart, searched); i < end; i++) {
      if (held[i] == '\n') {
        begun = true;
        if (i == lineStart + 1 && held[lineStart] == '\r') {
          lineStart = i + 1;
          headOver();
          return;
        }
        wrong(head.line(held, lineStart, i + 1));
        lineStart = i + 1;
        if (malformed != null) {
          return;
        }
      }
    }
    searched = end;
    if (!request && end - right > MOST_HEAD) {
      wrong(Malformed.HEAD_SIZE);
    }
  }

  private void headOver() {
    wrong(lineStart - right > MOST_HEAD ? Malformed.HEAD_SIZE : head.whole());
    if (malformed != null) {
      return;
    }
    right = lineStart;
    var kind = head.body(!request && Boolean.TRUE.equals(awaited.peek()));
    if (!request && (head.status() >= 200 || head.status() == 101)) {
      awaited.poll();
    }
    left = head.length();
    chunks = kind == HttpHead.Body.CHUNKED ? new Chunks() : null;
    if (kind == HttpHead.Body.NONE) {
      over();
    } else {
      body = kind;
    }
  }
}
