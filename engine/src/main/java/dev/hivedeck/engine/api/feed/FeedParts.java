package dev.hivedeck.engine.api.feed;

import dev.hivedeck.engine.api.Authenticator;
import dev.hivedeck.engine.protocol.EngineApi;
import dev.hivedeck.engine.time.Timers;

/** What all sessions of the feed share. */
record FeedParts(
    EngineApi engine,
    Authenticator authenticator,
    String version,
    Timers timers,
    AnswerDesk desk,
    EventMessageCache messages,
    FeedStats stats,
    ClientCounts counts) {}
