/* The limit: one pass over the bytes of packed cells, no allocation, text as spans. Bench only.
 *
 * Rules as in rival_re.py: a record begins at the cell's start or behind 。 with `N、C-`; five fields; a value is
 * [lead-in][sign]number[万|亿][unit], with a range end or an alternative, a month's deadline, or words.
 * Built by run.py: cc -O3 -march=native -shared -fPIC scanner.c -o scanner.so
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <string.h>

typedef struct { int32_t start, end; } span;
typedef struct {
    int32_t row, no, code1, code2;
    span name, cycle, annual;
    struct value { int8_t kind, comparator; span prefix, unit, second_unit; double lower, upper, second; } value[2];
} record;

enum { MISSING, QUANTITY, DEADLINE, WORDS };
enum { EQ, GE, LE, GT, LT, APPROX, BETWEEN };

static inline int is_digit(uint8_t c) { return c - '0' < 10u; }
static inline int at(const uint8_t *p, const uint8_t *end, const char *word, int size) {
    return end - p >= size && memcmp(p, word, size) == 0;
}
#define AT(word) at(p, end, word, sizeof(word) - 1)

/* A separator of either dialect: ； or ; (and the blanks behind it). */
static const uint8_t *separator(const uint8_t *p, const uint8_t *end, const uint8_t **next) {
    for (; p < end; p++) {
        if (*p == ';') { *next = p + 1; break; }
        if (*p == 0xEF && AT("；")) { *next = p + 3; break; }
    }
    if (p >= end) { *next = end; return end; }
    while (*next < end && **next == ' ') (*next)++;
    return p;
}

static const uint8_t *number(const uint8_t *p, const uint8_t *end, double *value) {
    double whole = 0, scale = 1;
    while (p < end && (is_digit(*p) || (*p == ',' && p + 3 < end && is_digit(p[1]) && is_digit(p[2]) && is_digit(p[3]))))
        { if (*p != ',') whole = whole * 10 + (*p - '0'); p++; }
    if (p + 1 < end && *p == '.' && is_digit(p[1]))
        for (p++; p < end && is_digit(*p); p++) { whole = whole * 10 + (*p - '0'); scale *= 10; }
    *value = whole / scale;
    if (AT("万")) { *value *= 1e4; p += 3; } else if (AT("亿")) { *value *= 1e8; p += 3; }
    return p;
}

static int sign(const uint8_t **at_, const uint8_t *end) {
    const uint8_t *p = *at_;
    static const struct { const char *word; int size, comparator; } SIGNS[] = {
        {"≥", 3, GE}, {"≤", 3, LE}, {"约", 3, APPROX}, {"不少于", 9, GE}, {"不低于", 9, GE}, {"不超过", 9, LE}, {"不高于", 9, LE},
        {"至少", 6, GE}, {">=", 2, GE}, {"<=", 2, LE}, {">", 1, GT}, {"<", 1, LT}, {"=", 1, EQ}};
    for (int i = 0; i < 13; i++)
        if (at(p, end, SIGNS[i].word, SIGNS[i].size)) { *at_ += SIGNS[i].size; return SIGNS[i].comparator; }
    return -1;
}

static void value(const uint8_t *base, const uint8_t *p, const uint8_t *end, struct value *v) {
    memset(v, 0, sizeof *v);
    if (p >= end) { v->kind = MISSING; return; }
    const uint8_t *start = p;
    v->kind = WORDS;
    while (p < end && !is_digit(*p)) {
        const uint8_t *before = p;
        int found = sign(&p, end);
        if (found >= 0) { v->prefix = (span){start - base, before - base}; v->comparator = found; goto digits; }
        p++;
    }
    v->prefix = (span){start - base, p - base};
digits:
    if (p >= end || !is_digit(*p)) return;
    double lower;
    const uint8_t *after = number(p, end, &lower);
    if (at(after, end, "月", 3)) { v->kind = DEADLINE; return; }
    v->kind = QUANTITY;
    p = after;
    while (p < end && *p != '-' && *p != '~' && !AT("或") && !AT("<sup>") && *p != ' ') p++;
    v->unit = (span){after - base, p - base};
    v->lower = v->upper = lower;
    if (p < end && (*p == '-' || *p == '~')) {
        v->comparator = BETWEEN;
        after = number(p + 1, end, &v->upper);
        v->unit = (span){after - base, end - base};
    } else if (AT("或")) {
        after = number(p + 3, end, &v->second);
        v->second_unit = (span){after - base, end - base};
    }
}

static span trimmed(const uint8_t *base, const uint8_t *p, const uint8_t *end) {
    while (p < end && *p == ' ') p++;
    while (end > p && end[-1] == ' ') end--;
    return (span){p - base, end - base};
}

/* Cells are the bytes [offsets[i], offsets[i+1]) of data. Returns the number of records written to out. */
int64_t scan(const uint8_t *data, const int64_t *offsets, int64_t cells, record *out) {
    int64_t count = 0;
    for (int64_t row = 0; row < cells; row++) {
        const uint8_t *p = data + offsets[row], *stop = data + offsets[row + 1], *base = p;
        while (p < stop) {
            record *r = out + count;
            const uint8_t *next, *end = stop;
            while (p < end && *p == ' ') p++;
            int no = 0, code = 0;
            const uint8_t *q = p;
            while (q < end && is_digit(*q)) no = no * 10 + (*q++ - '0');
            if (q == p || !at(q, end, "、", 3)) break;
            for (q += 3; q < end && is_digit(*q); q++) code = code * 10 + (*q - '0');
            r->row = row; r->no = no; r->code1 = code; r->code2 = 0;
            separator(q, end, &next);
            for (q = next; q < end && is_digit(*q); q++) r->code2 = r->code2 * 10 + (*q - '0');
            separator(q, end, &next);
            /* The record ends at 。 before the next head; names hold no 。N、C-. */
            const uint8_t *close = next;
            for (;;) {
                close = memmem(close, stop - close, "。", 3);
                if (!close) { close = stop; break; }
                q = close + 3;
                while (q < stop && *q == ' ') q++;
                const uint8_t *d = q;
                while (d < stop && is_digit(*d)) d++;
                if (q >= stop || (d > q && at(d, stop, "、", 3) && d + 3 < stop && is_digit(d[3]))) break;
                close += 3;
            }
            end = close;
            const uint8_t *name = next, *name_end = separator(name, end, &next);
            r->name = trimmed(base, name, name_end);
            const uint8_t *cycle = next;
            int has_cycle = at(cycle, end, "实施周期指标值", 21) && cycle + 21 < end;
            if (has_cycle) cycle += 21 + (cycle[21] == ':' ? 1 : 3);
            const uint8_t *cycle_end = separator(cycle, end, &next);
            const uint8_t *annual = next;
            int has_annual = at(annual, end, "年度指标值", 15) && annual + 15 < end;
            if (has_annual) annual += 15 + (annual[15] == ':' ? 1 : 3);
            if (cycle_end == end) has_cycle = 0;
            r->cycle = has_cycle ? trimmed(base, cycle, cycle_end) : (span){0, 0};
            r->annual = has_annual ? trimmed(base, annual, end) : (span){0, 0};
            value(base, base + r->cycle.start, base + r->cycle.end, &r->value[0]);
            /* Most records say the same twice: the second reading is the first. */
            int size = r->annual.end - r->annual.start;
            if (size == r->cycle.end - r->cycle.start && memcmp(base + r->annual.start, base + r->cycle.start, size) == 0) {
                r->value[1] = r->value[0];
            } else {
                value(base, base + r->annual.start, base + r->annual.end, &r->value[1]);
            }
            count++;
            p = close < stop ? close + 3 : stop;
        }
    }
    return count;
}
