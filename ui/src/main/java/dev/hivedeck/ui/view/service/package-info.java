/** Services: a list, the log of the chosen one, and what inspects it. */
package dev.hivedeck.ui.view.service;
