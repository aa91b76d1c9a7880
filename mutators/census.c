/* census: see census.h. */
#include "mutators/census.h"

#include "base/check.h"
#include "mutators/subnet.h"

static uint64_t census_key(enum census census, const struct facts *facts)
{
    uint64_t hash = span_hash(SPAN("open sessions"), SPAN_HASH_BEGIN ^ ((uint64_t)census << 56));
    switch (census) {
    case CENSUS_CLIENT: return span_hash(facts->client_ip, hash);
    case CENSUS_SUBNET: return hash ^ subnet_hash(facts->client_ip);
    case CENSUS_RUN: return hash;
    case CENSUS_KINDS: break;
    }
    check(false);
    return 0;
}

void census_enter(struct recall *recall, const struct facts *facts, instant now)
{
    for (enum census census = CENSUS_CLIENT; census < CENSUS_KINDS; census++)
        recall_enter(recall, census_key(census, facts), now);
}

void census_leave(struct recall *recall, const struct facts *facts)
{
    for (enum census census = CENSUS_CLIENT; census < CENSUS_KINDS; census++)
        recall_leave(recall, census_key(census, facts));
}

uint64_t census_count(struct recall *recall, enum census census, const struct facts *facts)
{
    return recall_users(recall, census_key(census, facts));
}
