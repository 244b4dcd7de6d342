/** The orchestration engine: commands go in, events come out, one durable store stands between. */
package dev.hivedeck.engine;
